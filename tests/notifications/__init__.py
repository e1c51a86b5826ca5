"""The voice: policy, send machine, reconciling, on fakes and on the real shelf."""

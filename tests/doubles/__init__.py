"""HTTP servers that speak the providers' wire, with their faults."""

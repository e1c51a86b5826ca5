"""Turkish words in answers to our texts: what other languages say with small words stands at the end of these."""

from portal.domain.reply_words.concepts import Concept as C
from portal.domain.reply_words.concepts import Table

TURKISH: Table = {
    C.FILLER: """bu, şu, o, onu, bunu, ben, biz, siz, sen, bana, bize, size, benim, bizim, bir, için, ile
        birlikte, ve, de, da, daki, deki, den, dan, te, ta, mi, mı, mu, mü, iyi, daha iyi, uygun, uygundur,
        müsaitim, müsaidim, olsun, olursa, olabilir, istiyorum, isterim, istiyoruz, tercih ederim, merhaba,
        selam, günaydın, iyi günler, iyi akşamlar, iyi sabahlar, kolay gelsin, gün, günü, saat dilimi,
        saatleri, zaman, tarih, seçenek, seçim, değiştir, değiştirin, değişiklik, alın, alabilir, mümkünse,
        olursa sevinirim, bütün gün, tüm gün, herhangi bir saatte, saygılar, sayın, doğru, arası, tarihinde, o
        zaman, alayım""",
    C.POLITE: "lütfen, lutfen, rica ederim, rica etsem, zahmet olmazsa, ye, ya, e, a, na, ne, nın, nin",
    C.ITEM: """kargo, kargom, kargomu, kargomun, kargoyu, paket, paketim, paketimi, paketi, gönderi, gönderim,
        gönderimi, gönderiyi, teslimat, teslimatı, teslimatım, sipariş, siparişim, siparişimi, kurye, ürün,
        ürünüm""",
    C.HOME: "evdeyim, evde, evde olacağım, evdeyiz, evde oluruz, evde olurum",
    C.WHERE: """nerede, nerde, nerededir, neredesiniz, ne zaman, saat kaçta, kaçta, hangi gün, ne kadar kaldı,
        durumu, durum, takip, nerelerde, ne zamana""",
    C.ASKS: """geliyor, geliyor mu, gelir, gelir mi, gelecek, gelecek mi, geldi mi, ulaşır mı, ulaşacak,
        gelecek misiniz, yolda mı, varacak""",
    C.MAY: """getirir misiniz, getirebilir misiniz, teslim eder misiniz, teslim edebilir misiniz, gelir
        misiniz, gelebilir misiniz, gelebilir, gelebilir mi, getirebilir, söyler misiniz, öğrenebilir miyim,
        olur mu, mümkün mü, gelse olur mu""",
    C.REQUEST: """getirin, getir, getirsin, getirseniz, getirilsin, teslim edin, teslim edilsin, teslim,
        gelin, gelsin, gönderin, tekrar, yeniden""",
    C.LEAVE: """bırakın, bırak, bırakır mısınız, bırakabilir misiniz, bırakılsın, bıraksın, verin, ver, verir
        misiniz, verebilir misiniz, verilsin, koyun, konsun, teslim edin komşuya, bırakabilirsiniz,
        verebilirsiniz""",
    C.NEIGHBOR: """komşu, komşuya, komşuma, komşumuza, komşum, komşumuz, komşuda, komşumda, komşular,
        komşulara, komşularıma, yan komşu, yan komşuya, yan komşuma, komşunun""",
    C.NUMBER: "numara, no, numaralı, numaradaki, numaraya, nolu, kapı numarası, numarada, numarası",
    C.TITLE: "bey, hanım, beye, hanıma, bay, bayan, ailesi, ailesine, adı, ismi, adında",
    C.LOCKER: """dolap, dolaba, kargo dolabı, kargo dolabına, teslimat dolabı, teslimat dolabına, emanet
        dolabı, emanet dolabına, kargomat, kargomata, akıllı dolap, akıllı dolaba, locker, kilitli dolap,
        kilitli dolaba, otomat, kargo otomatı, kargo otomatına""",
    C.AWAY: """evde değilim, evde değiliz, evde yokum, evde yokuz, evde olmayacağım, evde olmayacağız, evde
        kimse yok, kimse yok, müsait değilim, müsait değiliz, dışarıdayım, işteyim, tatildeyim, şehir
        dışındayım""",
    C.LATER: """daha sonra, başka gün, başka bir gün, başka zaman, başka bir zaman, başka saat, başka bir
        saat, ertele, erteleyin, ertelensin, erteleyebilir misiniz, ileri bir tarih, yeni tarih, farklı bir
        gün, farklı bir zaman, sonraya""",
    C.UNDO: "geri al, geri alın, geri, geri çek, geri çekin, iptal et, iptal edin, vazgeç, vazgeçtim",
    C.CODE: "kod, kodu, kodum, şifre, pin",
    C.YES: "evet, tamam, tamamdır, ok, okey, olur, onaylıyorum, onay, peki, kabul, aynen",
    C.NO: "hayır, yo, yok, hayır teşekkürler, hayır sağolun",
    C.THANKS: """teşekkürler, teşekkür ederim, teşekkür ederiz, çok teşekkürler, çok teşekkür ederim, sağol,
        sağolun, sağ ol, sağ olun, tşk, tşkler, eyvallah, teşekkür""",
    C.PRAISE: "harika, süper, mükemmel, güzel, çok güzel, çok iyi, sorun yok, sorun değil, aldım",
    C.ONE: "birinci, birincisi, ilki, ilk",
    C.TWO: "iki, ikinci, ikincisi",
    C.THREE: "üç, üçüncü, üçüncüsü",
    C.NOT: """değil, değilim, değiliz, olmaz, olmasın, istemiyorum, istemiyoruz, istemem, getirmeyin,
        bırakmayın, vermeyin, koymayın, gelmeyin, gelmesin, getirme, bırakma, verme, koyma, asla, hiç, hariç,
        dışında, ama, fakat, veya, ya da, yoksa, eğer, sadece, yalnızca, yerine, dün, aldı, verdi, dedi,
        diyor, çaldı, kayboldu, reddetti, vardı, neden, niye, çünkü, cadde, caddesi, sokak, sokağı, mahalle,
        mahallesi, haftaya, hafta, gelecek hafta, hasta, imkansız, kötü, yanlış, olmadan, kadar değil,
        etmeyin, edilmesin, bırakılmasın, verilmesin, almadım, gelmedi, görüşürüz""",
    C.TODAY: "bugün",
    C.TOMORROW: "yarın, yarına",
    C.IN_TWO_DAYS: "öbür gün, yarından sonra, yarından sonraki gün, ertesi gün",
    (C.TODAY, C.MORNING): "bu sabah",
    (C.TODAY, C.EVENING): "bu akşam, bu gece",
    C.MONDAY: "pazartesi, pazartesiye",
    C.TUESDAY: "salı, salıya",
    C.WEDNESDAY: "çarşamba, çarşambaya",
    C.THURSDAY: "perşembe, perşembeye",
    C.FRIDAY: "cuma, cumaya",
    C.SATURDAY: "cumartesi, cumartesiye",
    C.SUNDAY: "pazar, pazara",
    C.NEXT: "önümüzdeki, gelecek pazartesi",
    C.MONTH: "ocak, şubat, mart, nisan, mayıs, haziran, temmuz, ağustos, eylül, ekim, kasım, aralık",
    C.MORNING: "sabah, sabahleyin, öğleden önce, sabahtan",
    C.NOON: "öğle, öğlen, öğleyin",
    C.AFTERNOON: "öğleden sonra, öğleden sonraya",
    C.EVENING: "akşam, akşama, akşamleyin, akşamüstü, gece",
    C.AT: "saat, saatte, gibi, civarı, civarında",
    C.AFTER: "sonra, itibaren, sonrası",
    C.BEFORE: "önce, kadar, öncesi",
    C.BETWEEN: "arasında, aralığında",
    C.AND: "ile",
    C.HOUR: "saatleri arasında",
}

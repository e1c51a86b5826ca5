"""French words in answers to our texts."""

from portal.domain.reply_words.concepts import Concept as C
from portal.domain.reply_words.concepts import Table

FRENCH: Table = {
    C.FILLER: """ce serait parfait, ce serait super, ce serait bien, ce serait mieux, ça va, le, la, les, l,
        un, une, des, du, de, d, au, aux, en, dans, pour, avec, ce, cette, cet, ça, cela, c, c'est, mon, ma,
        mes, notre, nos, votre, vos, je, j, j'ai, nous, vous, on, me, m, il, elle, y, est, serait, sera, veux,
        voudrais, voudrions, aimerais, préfère, préférerais, plutôt, mieux, bien, bon, me convient, convient,
        ça me va, suis, serai, sommes, serons, ai, bonjour, bonsoir, salut, coucou, jour, date, créneau,
        horaire, option, choix, changer, changement, changez, modifier, modification, déplacer, décaler,
        faire, prends, prendre, si possible, si c'est possible, n'importe quelle heure, à tout moment, toute
        la journée, journée, dans la journée, aussi, alors, donc, à la place, cordialement, là, demande""",
    C.POLITE: "s'il vous plaît, s'il te plaît, svp, stp, sil vous plait, merci de, veuillez",
    C.ITEM: "colis, paquet, paquets, livraison, livraisons, commande, envoi, livreur, chauffeur, cartons",
    C.HOME: "chez moi, chez nous, à la maison, maison, présent, présente",
    C.WHERE: """où, où est, où en est, où se trouve, où sont, quand, à quelle heure, quelle heure, quel jour,
        dans combien de temps, combien de temps, statut, suivi, suivre, où ça en est""",
    C.ASKS: """arrive, arrivera, va arriver, arrive t il, vient, viendra, vient il, va venir, est ce que, est
        ce qu'il, est il, est elle, sera t il, livré, livrée, allez vous, passez vous, venez vous, est arrivé,
        est parti""",
    C.MAY: """pouvez, pouvez vous, pourriez, pourriez vous, peux tu, peut on, puis je, est ce possible, est ce
        que vous pouvez, est ce que vous pourriez, est ce que c'est possible, est il possible, serait il
        possible, possible, peut il, peut elle""",
    C.REQUEST: """livrer, livrez, livrez le, apporter, apportez, amener, venir, venez, passer, passez,
        repasser, repassez, envoyer, représenter, dire, savoir, reprogrammer, arriver""",
    C.LEAVE: """laisser, laissez, laissez le, laisse, laisse le, déposer, déposez, déposez le, donner, donnez,
        donnez le, remettre, remettez, remettez le, confier, confiez, confiez le, mettre, mettez, mettez
        le""",
    C.NEIGHBOR: """voisin, voisine, voisins, voisines, chez le voisin, chez la voisine, chez les voisins, chez
        mon voisin, chez ma voisine, chez mes voisins, au voisin, à la voisine, voisin d'à côté, à côté""",
    C.NUMBER: "numéro, num, no, nr, au numéro, le numéro",
    C.TITLE: "mr, mme, mlle, monsieur, madame, famille, chez, qui s'appelle, nommé, appelé",
    C.LOCKER: """consigne, consignes, casier, casiers, locker, lockers, la consigne, une consigne, en
        consigne, consigne automatique""",
    C.AWAY: """absent, absente, absents, je suis absent, je suis absente, pas là, pas chez moi, pas chez nous,
        pas à la maison, je ne suis pas là, je ne suis pas chez moi, je suis pas là, nous ne sommes pas là, je
        ne serai pas là, je ne serai pas chez moi, je serai absent, je serai absente, je serai pas là,
        personne à la maison, il n'y a personne, en vacances, en déplacement, au travail, personne chez
        moi""",
    C.NOT_TODAY: "pas aujourd'hui",
    C.LATER: """plus tard, un autre jour, autre jour, une autre date, autre date, une autre heure, autre
        heure, à un autre moment, autre moment, un autre moment, autre créneau, un autre créneau, reporter,
        reportez, nouvelle date, nouveau créneau""",
    C.UNDO: "annuler, annule, annulez, annulez ça, annuler ça, retour, revenir en arrière, défaire, retirer",
    C.CODE: "code, pin, le code est, mon code est, voici le code, le code, c'est le",
    C.YES: """oui, ouais, ok, okay, d'accord, daccord, je confirme, confirme, confirmé, c'est bon, entendu,
        oui merci""",
    C.NO: "non, nan, non merci",
    C.THANKS: """merci, merci beaucoup, mille mercis, un grand merci, merci bien, je vous remercie, merci à
        vous, mrc, mci""",
    C.PRAISE: """super, parfait, génial, excellent, impeccable, nickel, très bien, top, pas de problème, pas
        de souci, bien reçu""",
    C.ONE: "premier, première, le premier, la première",
    C.TWO: "deux, deuxième, second, seconde, le deuxième, la deuxième",
    C.THREE: "trois, troisième, le troisième, la troisième",
    C.NOT: """étage, appartement, appt, bâtiment, gauche, droite, escalier, rez, pas, ne, n', jamais, sans,
        ni, rien, personne, aucun, aucune, sauf, excepté, mais, ou bien, seulement, que si, sinon, au lieu de,
        plutôt que, hier, déjà, a dit, dit, a pris, pris, a volé, volé, refuse, a refusé, refusé, perdu,
        était, étaient, pourquoi, parce que, annulation, rue, avenue, boulevard, impasse, à demain, jusqu'à
        demain, semaine prochaine, semaine, éviter, impossible, malade, non plus, ne plus, à lundi, encore,
        si""",
    C.TODAY: "aujourd'hui, aujourdhui, ajd, auj, ce jour",
    C.TOMORROW: "demain, dem1, 2main",
    C.IN_TWO_DAYS: "après demain, apres-demain, surlendemain",
    (C.TODAY, C.MORNING): "ce matin",
    (C.TODAY, C.AFTERNOON): "cet après midi, cet aprem",
    (C.TODAY, C.EVENING): "ce soir, cette nuit",
    C.MONDAY: "lundi",
    C.TUESDAY: "mardi",
    C.WEDNESDAY: "mercredi",
    C.THURSDAY: "jeudi",
    C.FRIDAY: "vendredi",
    C.SATURDAY: "samedi",
    C.SUNDAY: "dimanche",
    C.NEXT: "prochain, prochaine, qui vient",
    C.MONTH: """janvier, février, mars, avril, mai, juin, juillet, août, septembre, octobre, novembre,
        décembre""",
    C.MORNING: "matin, le matin, matinée, dans la matinée, en matinée, tôt",
    C.NOON: "midi, à midi",
    C.AFTERNOON: "après midi, l'après midi, aprem, l'aprem, dans l'après midi",
    C.EVENING: "soir, le soir, soirée, en soirée, dans la soirée",
    C.AT: "vers, à, aux environs de",
    C.AFTER: "pas avant, pas avant les, après, à partir de",
    C.BEFORE: "avant, jusqu'à",
    C.BETWEEN: "entre",
    C.AND: "et",
    C.HOUR: "h, heures, heure",
}

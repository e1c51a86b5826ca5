"""Spanish words in answers to our texts."""

from portal.domain.reply_words.concepts import Concept as C
from portal.domain.reply_words.concepts import Table

SPANISH: Table = {
    C.FILLER: """sería genial, sería perfecto, sería mejor, me vendría bien, el, la, los, las, un, una, lo,
        le, les, me, nos, te, se, mi, mis, su, sus, tu, nuestro, nuestra, yo, nosotros, usted, ustedes, al,
        de, del, en, con, para, por, que, es, está bien, sería, seria, quiero, queremos, quisiera, quería, me
        gustaría, prefiero, preferiría, mejor, bien, bueno, buena, me viene bien, me va bien, viene bien,
        tengo, estaré, estare, estoy, estamos, estaremos, hola, buenos días, buenas tardes, buenas noches,
        buenas, buen día, estimados, señores, día, fecha, hora, franja, horario, opción, elección, cambiar,
        cambio, cambiarlo, cambiarla, cambien, mover, pasar, hacer, tomo, elijo, escojo, si es posible, si
        puede ser, si se puede, a cualquier hora, cualquier hora, todo el día, también, entonces, pues, en su
        lugar, saludos, ahí, aquí, un saludo""",
    C.POLITE: "por favor, porfa, porfavor, x favor, xfavor, pf",
    C.ITEM: """paquete, paquetes, pedido, pedidos, envío, envíos, entrega, entregas, bulto, caja, repartidor,
        mercancía""",
    C.HOME: "en casa, casa",
    C.WHERE: """dónde, dónde está, dónde anda, por dónde anda, por dónde va, dónde se encuentra, cuándo, a qué
        hora, qué hora, qué día, cuánto falta, cuánto tarda, estado, seguimiento, rastreo, rastrear, por
        dónde""",
    C.ASKS: """llega, llegará, va a llegar, llegan, llegó, viene, vienen, vendrá, vendrán, van a venir, está,
        están, ha llegado, ha salido, va a venir, lo traen""",
    C.MAY: """puede, pueden, podría, podrían, puedes, podéis, puedo, podemos, se puede, es posible, sería
        posible""",
    C.REQUEST: """traer, traigan, traiga, tráiganlo, traedlo, traerlo, traerme, traérmelo, entregar,
        entréguenlo, entreguen, entregarlo, entregármelo, venir, vengan, venga, llegar, pasar de nuevo, pasen,
        enviar, envíen, intentar, inténtenlo, volver, vuelvan, decirme, decir, saber""",
    C.LEAVE: """deje, dejen, dejar, déjelo, déjenlo, dejarlo, deja, déjalo, dejadlo, dar, den, dárselo,
        dénselo, entregárselo, entrégueselo, poner, pongan, ponerlo, pónganlo, depositar""",
    C.NEIGHBOR: """vecino, vecina, vecinos, vecinas, al vecino, a la vecina, del vecino, de la vecina, con el
        vecino, puerta de al lado, casa de al lado""",
    C.NUMBER: "número, num, núm, nro, n, el número, casa número",
    C.TITLE: "señor, señora, sr, sra, srta, don, doña, familia, se llama, llamado, llamada",
    C.LOCKER: """taquilla, taquillas, casillero, casilleros, locker, consigna, una taquilla, la taquilla,
        buzón inteligente""",
    C.AWAY: """no estoy, no estaré, no estoy en casa, no estaré en casa, no estamos, no estaremos, no estamos
        en casa, no hay nadie, no hay nadie en casa, no habrá nadie, no habrá nadie en casa, nadie en casa,
        estoy fuera, estamos fuera, estaré fuera, estoy trabajando, de viaje, no puedo estar""",
    C.NOT_TODAY: "hoy no",
    C.LATER: """más tarde, otro día, otra hora, otro momento, otra fecha, en otro momento, a otra hora, otra
        franja, nueva fecha, aplazar, aplazarlo, aplácenlo, posponer, reprogramar""",
    C.UNDO: "deshacer, deshaz, deshacerlo, anular, anúlalo, anúlenlo, revertir, volver atrás, atrás",
    C.CODE: "código, codigo, pin, el código es, mi código es, código es",
    C.YES: "sí, si, ok, okay, vale, de acuerdo, confirmo, confirmado, claro, correcto, sí por favor",
    C.NO: "no, nop, no gracias",
    C.THANKS: """gracias, muchas gracias, mil gracias, muchísimas gracias, te lo agradezco, se lo agradezco,
        grax""",
    C.PRAISE: """genial, perfecto, estupendo, excelente, fantástico, muy bien, qué bien, maravilloso, sin
        problema, recibido""",
    C.ONE: "uno, primero, primera, el primero, la primera",
    C.TWO: "dos, segundo, segunda, el segundo, la segunda",
    C.THREE: "tres, tercero, tercera, el tercero, la tercera",
    C.NOT: """piso, planta, puerta, apartamento, bajo, izquierda, derecha, escalera, nunca, jamás, sin, ni,
        nada, nadie, ningún, ninguno, ninguna, tampoco, excepto, salvo, menos, pero, o, u, solo, sólo,
        solamente, sino, en vez de, en lugar de, ayer, si no, ya, dijo, dice, dijeron, robó, tiene, tenía,
        cogió, recogió, rechazó, rechazado, perdió, perdido, fue, era, estaba, por qué, porque, cancelar,
        anulen, calle, avenida, plaza, hasta, mal, malo, imposible, enfermo, es tarde, llega tarde, tarde ya,
        la próxima semana, semana, evitar""",
    C.TODAY: "hoy, hoy mismo",
    C.TOMORROW: "mañana, mañana mismo",
    C.IN_TWO_DAYS: "pasado mañana, pasado",
    (C.TODAY, C.MORNING): "esta mañana, hoy por la mañana",
    (C.TODAY, C.AFTERNOON): "esta tarde",
    (C.TODAY, C.EVENING): "esta noche",
    (C.TOMORROW, C.MORNING): "mañana por la mañana, mañana temprano, mañana a la mañana, mañana en la mañana",
    C.MONDAY: "lunes",
    C.TUESDAY: "martes",
    C.WEDNESDAY: "miércoles",
    C.THURSDAY: "jueves",
    C.FRIDAY: "viernes",
    C.SATURDAY: "sábado",
    C.SUNDAY: "domingo",
    C.NEXT: "próximo, siguiente, que viene",
    C.MONTH: """enero, febrero, marzo, abril, mayo, junio, julio, agosto, septiembre, octubre, noviembre,
        diciembre""",
    C.MORNING: "por la mañana, en la mañana, a la mañana, de mañana, temprano, de la mañana",
    C.NOON: "mediodía, al mediodía, a mediodía",
    C.AFTERNOON: "tarde, por la tarde, en la tarde, a la tarde, de la tarde",
    C.EVENING: "noche, por la noche, en la noche, a la noche, de la noche",
    C.AT: "a las, a la, sobre las, hacia las, a eso de las",
    C.AFTER: """no antes de las, no antes de, después de las, después de la, después de, a partir de las, a
        partir de la, a partir de, desde las, desde""",
    C.BEFORE: "antes de las, antes de la, antes de, hasta las",
    C.BETWEEN: "entre las, entre",
    C.AND: "y, y las, y la, a",
    C.HOUR: "h, hs, horas",
}

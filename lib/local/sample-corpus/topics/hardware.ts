import type { TopicBank } from '../phrase-bank.ts';

/** Boards, disks, power supplies, soldering. */
export const hardware: TopicBank = {
  en: {
    help: [
      {
        slots: {
          part: ['a new ssd', 'more ram', 'a bigger gpu', 'a second disk'],
        },
        ask: [
          'my pc [shuts off|reboots] under load since I added {part}, power supply?',
          'put {part} into the old desktop and now it does not post, [fans spin|one beep], that is all',
          'what would you check first when a machine with {part} freezes at random?',
        ],
        more: [
          'the psu is 450 watt and eight years old',
          'temperatures are [fine|around 60 degrees]',
          'I reseated everything twice',
        ],
        probe: [
          ['does it post with only one stick of ram?', 'with one stick it boots'],
          ['what does memtest say?', 'it found errors after ten minutes'],
          ['how old is the power supply, exactly?', 'older than my nephew'],
        ],
        answer: [
          'take {part} out of the motherboard and test the rest, one change at a time, otherwise you never know',
          'memory errors first: one stick of ram, one slot, memtest for an hour',
          'an old psu sags under load, measure the 12 volt rail with a multimeter, under 11.4 it is done',
        ],
        aside: [
          'update the bios before you blame the hardware',
          'check the cpu cooler paste as well',
          'it is the sata cable on the motherboard. it is always the sata cable',
        ],
        done: [
          'bad ram stick, the board is fine',
          'new power supply and not a single crash since',
          'bios update fixed it, {part} is recognised',
        ],
      },
      {
        slots: {
          board: ['a raspberry', 'an esp32', 'a pico', 'an arduino'],
          sensor: ['the temperature sensor', 'a relay', 'an led strip', 'the display'],
        },
        aligned: true,
        ask: [
          '{sensor} on my {board} board gives [nonsense|random values], wiring looks right',
          'can I power {sensor} straight from {board} or do I need a separate supply?',
          '{board} resets every time {sensor} switches on',
        ],
        more: [
          'it runs from a phone charger over usb',
          'the breadboard is a cheap one',
          'I do not own a scope, only a multimeter',
        ],
        probe: [
          ['do the grounds share a wire?', 'they do not, no'],
          ['3.3 or 5 volts on the data line?', '5, is that bad?'],
          ['what current does it draw?', 'about 700 mA when it switches'],
        ],
        answer: [
          'tie the grounds together and check with the multimeter, without a common ground every signal is noise',
          'a gpio pin of a microcontroller gives a few milliamps, use a transistor and its own supply',
          'get the soldering iron: a 470 microfarad capacitor across the supply, the voltage dips when it switches',
        ],
        aside: [
          'magic smoke in three, two, one',
          'an oscilloscope would show that dip in a second',
          'breadboards are liars, soldering is the truth',
        ],
        done: [
          'common ground! it reads like a clock now',
          'with its own 5 volt supply the board does not reset any more',
          'soldered the capacitor, works',
        ],
      },
      {
        slots: {
          device: ['my laptop', 'the thinkpad', 'a used workstation'],
        },
        aligned: true,
        ask: [
          'battery of {device} lasts 40 minutes, [replace it|is it worth replacing]?',
          '{device} is at 95 degrees doing nothing, is it the fan?',
          'which ssd fits into {device}? the slot looks like m.2 but keyed differently',
        ],
        more: [
          'it is from 2016 or so',
          'there is dust in there older than me',
          'I can open it, I have the screwdrivers',
        ],
        probe: [
          ['what does the battery report as full capacity?', '31% of the design'],
          ['does the fan spin up at all?', 'it screams'],
          ['nvme or sata on that slot?', 'the sticker says sata'],
        ],
        answer: [
          'get the battery from the maker, the cheap cells swell',
          'clean the fan and the heatsink, new thermal paste, that alone gets you twenty degrees',
          'b-key means sata, m-key nvme; read the motherboard number and look at the service manual',
        ],
        aside: [
          'that thinkpad will outlive us all',
          'photos of the laptop screws before you open it!',
          'ssd plus thermal paste and it is a new machine',
        ],
        done: [
          'battery arrived, six hours again',
          '62 degrees with new paste, it does not sound like a plane any more',
          'sata ssd it was, boots in nine seconds',
        ],
      },
    ],
    talk: [
      {
        slots: {
          thing: ['a mechanical keyboard', 'a 3d printer', 'a soldering station', 'a used server'],
        },
        open: ['I did it, I bought {thing}', 'talk me out of buying {thing}', 'is {thing} still worth it second hand?'],
        lines: [
          'you will need a second desk',
          'the fan noise is what kills it, mine lives in the bathroom',
          'flux, more flux, then solder, that is the whole secret',
          'check the capacitors before you plug it in',
          'I measured the idle power, 60 watts, so 150 a year',
          'the ssd in mine is the third owner of everything',
          'my desk is 40% screwdrivers at this point',
          'clean the usb ports with a toothpick, you would be surprised',
          'warranty void stickers are decoration',
        ],
      },
    ],
  },
  es: {
    help: [
      {
        slots: {
          pieza: ['la memoria', 'el disco', 'la gráfica', 'la fuente'],
        },
        aligned: true,
        ask: [
          'cambié {pieza} y el pc no da video, [qué reviso|por dónde empiezo]?',
          'mi computador se apaga solo cuando juego, será {pieza}?',
          'la placa pita tres veces desde que toqué {pieza}, qué significa?',
        ],
        more: ['la fuente es vieja, de 400 watts', 'ya limpié el polvo', 'los ventiladores giran todos'],
        probe: [
          ['arranca con una sola memoria?', 'sí, con una arranca'],
          ['qué temperatura marca el procesador?', 'llega a 98 grados, ahora que lo dices'],
          ['los pitidos son cortos o largos?', 'tres cortos'],
        ],
        answer: [
          'prueba pieza por pieza sobre la placa base: una memoria ram, un disco, nada más conectado',
          'limpia el disipador y cambia la pasta térmica del procesador, con 98 grados se apaga para no quemarse',
          'eso es la memoria ram: sácala, limpia los contactos con un borrador y vuelve a ponerla',
        ],
        aside: [
          'prueba con otra pantalla también',
          'revisa la fuente de poder y el cable sata, siempre es el cable',
          'a mí me pasó y era la pila de la bios',
        ],
        done: [
          'era una memoria dañada, con la otra anda',
          'pasta nueva y 60 grados, no se ha apagado más',
          'limpié los contactos y no pita más',
        ],
      },
      {
        slots: {
          placa: ['el arduino', 'la raspberry', 'el esp32'],
          cosa: ['un relé', 'un sensor', 'una tira led', 'un motor'],
        },
        aligned: true,
        ask: [
          'conecté {cosa} a {placa} y se reinicia, qué le falta?',
          '{cosa} con {placa} lee puros disparates, el cableado está bien',
          'se puede alimentar {cosa} directo de {placa}?',
        ],
        more: [
          'lo alimento por usb con un cargador de celular',
          'es la primera vez que sueldo algo',
          'solo tengo un multímetro',
        ],
        probe: [
          ['cuánto consume eso?', 'medio amperio cuando prende'],
          ['están unidas las tierras?', 'no, cada una va por su lado'],
        ],
        answer: [
          'hay que soldar un condensador grande a la entrada, el voltaje se cae al prender',
          'une las tierras y mide con el multímetro, sin tierra común toda señal es ruido',
          'en electrónica se hace con un transistor y una fuente aparte, un pin de arduino no da esa corriente',
        ],
        aside: [
          'huele a humo mágico desde acá',
          'eso está en la hoja de datos, página cuatro',
          'la protoboard miente, mejor soldar',
        ],
        done: [
          'puse el condensador y funciona',
          'era la tierra común, ahora lee perfecto',
          'con fuente aparte la placa ya no se reinicia',
        ],
      },
    ],
    talk: [
      {
        slots: {
          cosa: ['una impresora 3d', 'un teclado mecánico', 'un cautín nuevo', 'un servidor usado'],
        },
        open: [
          'me compré {cosa}, no pregunten cuánto',
          'vale la pena {cosa} de segunda?',
          'convénzanme de no comprar {cosa}',
        ],
        lines: [
          'vas a necesitar otra mesa',
          'el ruido del ventilador es lo que te va a echar de la casa',
          'flux, más flux y después la soldadura, ese es el secreto',
          'mide primero, enchufa después',
          'el mío lo saqué de la basura y sigue vivo',
          'mi escritorio es mitad destornilladores',
          'el disco ssd fue lo único nuevo y parece otra máquina',
          'en mi taller todo tiene tres dueños',
        ],
      },
    ],
  },
};

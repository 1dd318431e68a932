import type { TopicBank } from '../phrase-bank.ts';

/** Microphones, sound cards, drivers, mixing as a craft. */
export const audio: TopicBank = {
  en: {
    help: [
      {
        slots: {
          mic: ['usb microphone', 'headset', 'audio interface', 'condenser mic'],
        },
        aligned: true,
        ask: [
          'my {mic} [crackles|pops] as soon as the stream starts, buffer or cable?',
          'there is a hum in my {mic}, it goes away when I touch the laptop',
          'no sound from the {mic} after the update, pipewire shows it but the meter is flat',
        ],
        more: [
          'I hear myself with half a second of latency too',
          '50 hertz I would say, very even',
          'the same cable works on the other sound card',
        ],
        probe: [
          ['what buffer size?', '64, I wanted low latency'],
          ['does the hum stop on battery?', 'yes! as soon as I unplug the charger'],
          ['does it show up in the input list?', 'it does, without any movement'],
        ],
        answer: [
          'raise the pipewire buffer to 256 samples, nobody hears five milliseconds',
          'that is a ground loop: same power strip for sound card and laptop, or a cheap usb isolator',
          'no sound but pipewire lists it? second tab of pavucontrol, the microphone is muted more often than it is broken',
        ],
        aside: [
          'balanced xlr cables, always',
          'sample rates have to agree as well, 48000 everywhere',
          'a microphone two fingers closer beats every plugin',
        ],
        done: [
          '256 samples and not one crackle in an hour',
          'hum is gone, it was the charger',
          'unmuted in pavucontrol. I will go and sit in a corner',
        ],
      },
      {
        slots: {
          thing: ['my voice', 'the podcast', 'the guitar', 'the stream'],
        },
        aligned: true,
        ask: [
          '{thing} sounds [muddy|boxy] in the mix, which frequency do I cut?',
          'compressor settings for {thing}? I turn knobs and it only gets worse',
          'how loud should {thing} be before I upload it?',
        ],
        more: [
          'I record in a room with bare walls',
          'headphones are cheap but honest',
          'the meter is in the red now and then',
        ],
        probe: [
          ['is there a high-pass on the mic?', 'no, should there be?'],
          ['what ratio is it at now?', 'ten to one'],
          ['what does the loudness meter show?', 'about -9 lufs, is that much?'],
        ],
        answer: [
          'eq first: high-pass at 80 hertz, then cut three decibel around 300, that is where the mud lives',
          'compressor ratio three to one, slow attack, so that the consonants stay',
          'at the mastering aim for -16 lufs for speech and leave one decibel of headroom, the platforms turn you down otherwise',
        ],
        aside: [
          'hang a duvet behind the microphone, best plugin I own',
          'mixing is done quietly, your ears lie when it is loud',
          'fix it in the room and not in the mix',
        ],
        done: [
          'cut at 300 and suddenly there is air in it',
          'three to one and every word is clear',
          '-16 it is, sounds like radio',
        ],
      },
      {
        slots: {
          app: ['the daw', 'obs', 'the browser', 'my synth'],
        },
        ask: [
          'how do I route sound from {app} into a second program on linux?',
          'jack or pipewire for {app} these days?',
          '{app} and the call fight for the sound card, only one gets audio',
        ],
        more: [
          'I just want to record both sides of a call',
          'alsa shows three devices with the same name',
          'there is a driver for the card but it is old',
        ],
        probe: [
          ['is wireplumber running?', 'yes, it is'],
          ['do you see it in qpwgraph?', 'I do, with no lines attached'],
        ],
        answer: [
          'pipewire speaks jack too, draw the line in qpwgraph from the output to the input and save it',
          'make a virtual sink in pipewire, send {app} there and record its monitor in ardour or audacity',
        ],
        aside: [
          'qpwgraph feels like patching a modular synth',
          'pulseaudio had its charm. no it did not',
          'write the patch down, updates forget it',
        ],
        done: [
          'virtual sink works, both voices on separate tracks',
          'drew a line, got sound. magic',
          'pipewire it is, jack is retired',
        ],
      },
    ],
    talk: [
      {
        open: [
          'what headphones do you mix on?',
          'first recording with the new microphone tonight',
          'hot take: room treatment before any gear',
        ],
        lines: [
          'closed for recording, open for mixing, old advice and still right',
          'mine are held together by tape, the sound is great',
          'a decibel is more than people think',
          'I recorded rain on the balcony for an hour, best sample I have',
          'egg cartons do nothing for the bass, sorry',
          'latency under ten milliseconds or my fingers get confused',
          'my neighbour is my noise gate',
          'the mixer I own has one good channel, so everything is mono',
          'if the driver needs a reboot it is not a driver, it is a mood',
        ],
      },
    ],
  },
  es: {
    help: [
      {
        slots: {
          mic: ['micrófono', 'casco con micrófono', 'interfaz de audio'],
        },
        aligned: true,
        ask: [
          'mi {mic} mete un zumbido en el stream, cómo lo quito?',
          'no me sale sonido por el {mic} desde la actualización',
          'el {mic} se oye con eco y bajito, [ayuda|qué hago]?',
        ],
        more: ['si toco el portátil el zumbido se va', 'en el celular se oye bien', 'el volumen está al máximo'],
        probe: [
          ['sin el cargador conectado también zumba?', 'sin cargador no zumba nada'],
          ['te aparece en la lista de entradas?', 'aparece, pero el medidor no se mueve'],
          ['a qué distancia hablas?', 'como a un metro'],
        ],
        answer: [
          'es un bucle de tierra, conecta el micrófono y todo lo demás a la misma regleta o usa un aislador usb',
          'si no hay sonido mira la segunda pestaña de pavucontrol, a veces el micrófono queda en silencio',
          'acércate a un palmo del micrófono, baja la ganancia y cuelga una cobija detrás',
        ],
        aside: [
          'un cable xlr bueno vale cada peso',
          'revisa que los dos estén a 48000',
          'para la grabación, una cobija detrás y suena a estudio',
        ],
        done: [
          'era el cargador, sin zumbido',
          'estaba en silencio... me voy a esconder',
          'de cerca y con la cobija suena como radio',
        ],
      },
      {
        slots: {
          cosa: ['mi voz', 'la guitarra', 'el podcast'],
        },
        aligned: true,
        ask: [
          'en la mezcla {cosa} suena como dentro de una caja, qué frecuencia corto?',
          'a qué volumen subo {cosa}? me lo bajan siempre',
          'qué compresor usan para {cosa}?',
        ],
        more: ['grabo en un cuarto con paredes peladas', 'el medidor llega al rojo', 'mezclo con audífonos baratos'],
        probe: [
          ['tienes un filtro de graves en el micrófono?', 'no, le pongo?'],
          ['cuántos lufs te marca?', 'como menos nueve'],
        ],
        answer: [
          'en la mezcla de audio corta por debajo de 80 hertz y quita tres decibelios cerca de 300, ahí vive la caja',
          'en la masterización apunta a -16 lufs para voz y deja un decibelio libre',
          'en audacity: compresor tres a uno con ataque lento, que no te coma las consonantes',
        ],
        aside: [
          'cuelga una cobija detrás, es el mejor plugin',
          'mezcla bajito, una grabación fuerte siempre parece buena',
          'primero el cuarto, después los aparatos',
        ],
        done: ['corté en 300 y ahora respira', 'quedó a -16 y suena a radio', 'tres a uno y se entiende cada palabra'],
      },
    ],
    talk: [
      {
        open: [
          'con qué audífonos mezclan?',
          'estreno micrófono esta noche',
          'grabé la lluvia en el techo, qué sonido tan lindo',
        ],
        lines: [
          'los míos están pegados con cinta y suenan hermoso',
          'un buen cuarto gana a cualquier micrófono',
          'la latencia por encima de diez me enreda los dedos',
          'tengo una consola con un solo canal bueno',
          'el vecino es mi puerta de ruido',
          'subirle el volumen no es mezclar, me lo repito cada día',
          'las cajas de huevos no hacen nada con los bajos',
          'el audio malo espanta más que el video malo',
        ],
      },
    ],
  },
};

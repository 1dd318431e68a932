import type { TopicBank } from '../phrase-bank.ts';

/** Playing, writing and listening. */
export const music: TopicBank = {
  en: {
    help: [
      {
        slots: {
          inst: ['guitar', 'piano', 'bass', 'ukulele'],
        },
        aligned: true,
        ask: [
          'how do you practise chord changes on {inst} without [losing the rhythm|going mad]?',
          'I wrote a melody on {inst} and can not find the chords for it',
          'is there a trick for singing and playing {inst} at once?',
        ],
        more: [
          'I play about twenty minutes a day',
          'it is in a minor, I think',
          'my fingers know it, my mouth does not',
        ],
        probe: [
          ['do you use a metronome?', 'I own one'],
          ['which note does it end on?', 'on e, always on e'],
        ],
        answer: [
          'metronome at 60, two chords only, four bars each, and do not speed up before it is boring',
          'the note it ends on tells the key, start with the first, fourth and fifth chord of that scale',
          'speak the words in rhythm over muted chords first, the melody comes last',
        ],
        aside: [
          'slow is smooth, my teacher said, and hit me',
          'record yourself, it hurts and it helps',
          'open tunings on a guitar are legal cheating',
        ],
        done: [
          '60 bpm, boring, works',
          'e minor, g, d, and the song is suddenly there',
          'I sang and played a whole verse!',
        ],
      },
      {
        slots: {
          style: ['a techno track', 'a lofi beat', 'a chiptune', 'a ballad'],
        },
        aligned: true,
        ask: [
          'my {style} is eight bars long and stays eight bars long, how do you make a song of it?',
          'the drums in {style} feel stiff, what do you do about the groove?',
          'what synth would you take for the lead in {style}?',
        ],
        more: [
          'I have forty of those loops in a folder',
          'everything is on the grid',
          'the bassline is good, it is all I have',
        ],
        probe: [
          ['is anything ever missing in it?', 'no, everything plays all the time'],
          ['what tempo?', '92 bpm'],
        ],
        answer: [
          'copy the loop eight times and then delete: arranging is taking the synth away, then the drums, then both',
          'in the drums move the snare a few milliseconds late and the hats a bit early, that is the groove',
          'one saw wave, a slow filter and some delay, the melody has to do the work',
        ],
        aside: [
          'the drop needs silence in front of it',
          'steal the structure of an album you love',
          'finish bad songs, that is all I know about songwriting',
        ],
        done: [
          'deleted things and I have a verse and a chorus, wow',
          'late snare, it swings',
          'one saw and a slow filter, it sings',
        ],
      },
    ],
    talk: [
      {
        slots: {
          genre: ['cumbia', 'jazz', 'synthwave', 'metal', 'ambient', 'salsa'],
        },
        open: [
          'today is a {genre} day',
          'recommend me an album, {genre} preferably',
          'saw a {genre} band in a bar of thirty people yesterday',
        ],
        lines: [
          'the second album is the good one, always',
          'that bassline lives in my head rent free',
          'I code to {genre}, [lyrics break my brain|no lyrics, please]',
          'the drummer played like falling down the stairs, beautifully',
          'vinyl or stream? I just like turning the record over',
          'I cried at the bridge, you know which song',
          'saving up for a real synth since 2019',
          'my playlist has one song and it is three hours long',
          'live is a different animal, the guitar was out of tune and perfect',
          'send it to the channel radio, we need something slow',
        ],
      },
      {
        open: ['open mic on Saturday, who plays?', 'jam session tonight after the stream?'],
        lines: [
          'I bring the bass if somebody brings courage',
          'two songs and a half, I have not finished the third chorus',
          'I will clap on the wrong beat as usual',
          'count me in for the piano',
          'only if we do the slow version',
          'my voice is gone since Tuesday, I will do percussion',
          'someone record it this time',
        ],
      },
    ],
  },
  es: {
    help: [
      {
        slots: {
          inst: ['guitarra', 'piano', 'bajo', 'cuatro'],
        },
        aligned: true,
        ask: [
          'cómo practican los cambios de acordes en {inst}? pierdo el ritmo',
          'tengo una melodía en {inst} y no le encuentro los acordes',
          'algún truco para cantar y tocar {inst} a la vez?',
        ],
        more: ['practico veinte minutos al día', 'creo que está en la menor', 'los dedos se la saben, la boca no'],
        probe: [
          ['usas metrónomo?', 'lo tengo guardado'],
          ['en qué nota termina?', 'en mi, siempre en mi'],
        ],
        answer: [
          'metrónomo a 60, dos acordes nada más, y no subas hasta que te aburras',
          'la nota final te da el tono, prueba con el primero, el cuarto y el quinto acorde',
          'primero habla la letra con ritmo sobre las cuerdas apagadas, la melodía al final',
        ],
        aside: [
          'despacio es bonito, decía mi profe',
          'grábate, duele y sirve',
          'el que finge el acorde con cara seria ya es músico',
        ],
        done: [
          'a 60 y aburrido, pero sale',
          'mi menor, sol, re, y apareció la canción',
          'canté una estrofa entera tocando!',
        ],
      },
    ],
    talk: [
      {
        slots: {
          genero: ['cumbia', 'salsa', 'rock', 'bolero', 'reguetón viejo', 'jazz'],
        },
        open: [
          'hoy es día de {genero}',
          'recomienden un disco de {genero}',
          'ayer vi una banda de {genero} en un bar de treinta personas',
        ],
        lines: [
          'el segundo disco es el bueno, siempre',
          'ese bajo vive en mi cabeza',
          'yo programo con {genero}, sin letra no puedo',
          'el baterista tocaba como cayéndose de una escalera, hermoso',
          'en vivo es otra cosa, la guitarra desafinada y perfecta',
          'lloré en el puente, ya saben cuál canción',
          'estoy ahorrando para un sinte desde hace años',
          'mi abuela pone ese disco los domingos',
          'pásenlo por la radio del canal, falta algo lento',
        ],
      },
      {
        open: ['micrófono abierto el sábado, quién toca?', 'toque esta noche después del stream?'],
        lines: [
          'yo llevo el bajo si alguien trae valor',
          'tengo dos canciones y media',
          'yo aplaudo a destiempo, como siempre',
          'me anoto con el piano',
          'solo si hacemos la versión lenta',
          'que alguien grabe esta vez',
          'estoy sin voz, pongo las palmas',
        ],
      },
    ],
  },
};

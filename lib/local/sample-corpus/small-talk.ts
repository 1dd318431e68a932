import type { Language, Phrases } from './phrase-bank.ts';

/** Phrases that fit any subject. */
interface SmallTalk {
  /** The helper's first fix did not help. */
  readonly stuck: Phrases;
  /** The helper has an idea for that. */
  readonly again: Phrases;
  /** Picks up a question. */
  readonly pickUp: Phrases;
  /** Promises to try it. */
  readonly trying: Phrases;
  /** Answers somebody's news. */
  readonly reaction: Phrases;
  readonly greetBack: Phrases;
  /** Somebody posts what should not be on a channel; `{mail}`, `{ip}`, `{phone}` and `{key}` are slots. */
  readonly slip: Phrases;
  readonly slipReply: Phrases;
}

export const SMALL_TALK: Readonly<Record<Language, SmallTalk>> = {
  en: {
    stuck: [
      'hm, no change [here|on my side]',
      'tried it, [same as before|still the same]',
      'that did not do it, [sadly|unfortunately]',
      'it got better, but it is not [fixed|gone]',
      'nope, [anything else|what else] could it be?',
      'did that twice, still there',
    ],
    again: [
      '[ok|hm], then [next idea|plan b]:',
      'in that case',
      'then it is the other usual suspect:',
      'ok, next thing to try:',
      'thought so.',
    ],
    pickUp: [
      'ah, I know [this one|that one].',
      'had the same thing [last month|in spring].',
      'let me think.',
      '[ok|alright], one thing at a time.',
      'I can help with that.',
      'oh, that again.',
    ],
    trying: [
      'ok, [trying that|one moment]',
      'give me [five|ten] minutes',
      'makes sense, [trying|testing] now',
      '[hold on|brb], I will test it',
      'ohh. let me try',
    ],
    reaction: [
      'love that',
      'pictures please',
      'this made my [day|evening]',
      'respect',
      'how long did that take you?',
      'I need to hear the whole story',
      'congratulations!',
      'that is so you',
      'same energy here',
      'teach me',
    ],
    greetBack: ['[hey|hi|hello]!', 'welcome back', 'hey, how are you?', 'there you are', '[oh|ah], hello!'],
    slip: [
      'if you want the file just write to {mail}',
      'can somebody ping {ip} for me? I think it is down',
      'room is locked, call me on {phone} when you are at the door',
      'the newsletter bounced, is {mail} still right?',
      'my server at {ip} answers on port 22 and nothing else, strange',
      'argh, wrong window: {key}',
    ],
    slipReply: [
      'careful, this channel is logged',
      'maybe not in public?',
      'take that to a private message',
      'got it, and please delete it',
      'I would change that now',
    ],
  },
  es: {
    stuck: [
      'mm, sigue igual',
      'ya probé y nada',
      'mejoró un poco, pero sigue ahí',
      'eso no fue, [qué más|alguna otra idea]?',
      'lo hice dos veces y [nada|igual]',
    ],
    again: [
      'bueno, [plan b|siguiente idea]:',
      'entonces es lo otro:',
      'en ese caso',
      'ok, prueba esto:',
      'me lo imaginaba.',
    ],
    pickUp: [
      'ah, esa me la sé.',
      'a mí me pasó [hace un mes|en marzo].',
      'a ver, por partes.',
      'yo te ayudo con eso.',
      'déjame pensar.',
      'otra vez eso.',
    ],
    trying: [
      'voy a probar',
      'dame [cinco|diez] minutos',
      'tiene sentido, pruebo ya',
      'espera y te cuento',
      'uy, a ver',
    ],
    reaction: [
      'qué belleza',
      'queremos fotos',
      'me alegraste el día',
      'mis respetos',
      'cuánto te demoraste?',
      'cuenta la historia completa',
      'felicitaciones!',
      'eso es muy tuyo',
      'así mismo estoy yo',
      'enséñame',
    ],
    greetBack: ['[hola|buenas]!', 'qué bueno verte por acá', 'hola, cómo vas?', 'llegó quien faltaba', 'epa, hola'],
    slip: [
      'si quieren el archivo escriban a {mail}',
      'alguien le hace ping a {ip}? creo que se cayó',
      'está cerrado el salón, llámenme al {phone} cuando lleguen',
      'el boletín rebotó, {mail} sigue siendo el correo?',
      'uy, ventana equivocada: {key}',
    ],
    slipReply: [
      'ojo, que este canal queda guardado',
      'mejor por privado, no?',
      'anotado, y borra eso',
      'yo cambiaría eso ya mismo',
      'eso no se pone en público',
    ],
  },
};

/** What the command bot answers to. */
export const BOT_COMMANDS: readonly (readonly [command: string, answer: string])[] = [
  ['!uptime', 'up for [3|9|12|27] days, [2|5|11|19] hours'],
  ['!song', 'now playing: [Turnip Waltz|Low Battery Blues|Cumbia del Router|Sleepy Kernel] ([2|3|4]:[08|21|47])'],
  ['!coffee', 'brewing. [4|7|11|18] cups today'],
  ['!rules', 'be kind - no ads - ask before you write in private'],
  ['!next', 'next event: game night, [thursday|friday] 18:00 utc'],
  ['!roll', 'rolled [1|2|3|4|5|6]'],
  ['!clima', 'bogotá [14|15|17] grados, [lluvia|nubes|sol, por ahora]'],
];

/** What the stream bot says. `{nick}` and `{what}` are slots. */
export const STREAM_LINES: Phrases = [
  'LIVE: {nick} - {what} - [12|31|48|77] watching',
  '{nick} is live now with "{what}"',
  'Stream over. Thanks for watching {nick}, [19|34|52] people stayed to the end',
];
export const STREAM_SHOWS: Phrases = [
  'Hollow Lantern, deathless run',
  'drawing ferns',
  'live coding with salsa',
  'repairing radios',
  'co-op night',
  'synth and chill',
];

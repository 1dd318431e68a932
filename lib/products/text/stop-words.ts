/** The most frequent function words of English: they tell the language and carry no topic. */
export const ENGLISH_STOP_WORDS: ReadonlySet<string> = new Set(
  `a about after again all also am an and any are aren't as at be because been before being but by can can't cannot could
  couldn't did didn't do does doesn't doing don't down each else even ever every few for from get gets getting go goes going got
  had has hasn't have haven't having he he's her here hers him his how i i'd i'll i'm i've if in into is isn't it it'll it's its
  itself just know let's like made make many may maybe me might mine more most much must my myself need never new not now of off
  on once one only or other our out over own put really right said same say see seems she should shouldn't since so some someone
  something still such sure take than that that's the their them then there there's these they they're thing things think this
  those though through time to too try trying two under until up us use used using very want wants was wasn't way we we're well
  were weren't what what's when where where's which while who who's why will with without won't would wouldn't yes yet you you'd
  you'll you're you've your yours`.split(/\s+/),
);

/** English contractions without their apostrophe: function words, and a habit of those who write them so. */
export const BARE_CONTRACTIONS: ReadonlySet<string> = new Set(
  'arent cant couldnt didnt doesnt dont hasnt havent id im isnt ive thats theres theyre wasnt werent whats wont wouldnt youre youve'.split(
    ' ',
  ),
);

/** The most frequent function words of Spanish, with and without the accents that people leave out. */
export const SPANISH_STOP_WORDS: ReadonlySet<string> = new Set(
  `a acá ahí ahora al algo alguien algún alguna algunas algunos allá allí ambos ante antes aquel aquí así aun aún aunque bajo bien
  cada casi como cómo con contra cual cuál cuando cuándo cuanto cuánto de del desde donde dónde dos durante e el él ella ellas
  ellos en entonces entre era eran eres es esa esas ese eso esos esta está están estas este esto estos estoy estaba estamos
  fue fueron gran ha había han hace hacer hacia hasta hay he hoy la las le les lo los luego más mas me menos mi mí mientras mis
  mismo misma mucha mucho muchos muy nada nadie ni ninguno no nos nosotros nuestra nuestro nunca o os otra otro otros para pero
  poco por porque pues que qué quien quién quiero puede puedo puedes sabe saben sabes se sea ser sería si sí siempre sin sino
  sobre sois solo sólo somos son soy su sus también tan tanto te tengo tiene tienen tienes toda todas todavía todo todos tras tu
  tú tus un una unas uno unos usted ustedes va vamos van vas vez voy y ya yo tambien asi estan mañana ayer está algun mio mía`.split(
    /\s+/,
  ),
);

/** Whether a word is a function word of English or Spanish. */
export function isStopWord(word: string): boolean {
  return ENGLISH_STOP_WORDS.has(word) || SPANISH_STOP_WORDS.has(word) || BARE_CONTRACTIONS.has(word);
}

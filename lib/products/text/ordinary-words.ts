import { isStopWord } from './stop-words.ts';

/** Words that open messages or follow an @ without naming anyone, though somebody may be called so. */
const CHAT_WORDS: ReadonlySet<string> = new Set(
  `actually afaik ah aha aka alright also anybody anyhow anyone anything anyway anyways apparently argh aw awesome bah basically
  besides bot brb bro btw bug bye channel cheers cool correction cya damn dear desktop done dude edit eg eh er error everybody
  everyone example exactly extra failed fatal fine finally first folks fortunately friend fun fwiw fyi gah gee gnite god good
  goodbye great gotcha guy guys ha haha hah happy hehe hell hello help hey heya hi hm hmm hola home honestly hope hopefully hrm
  however huh http https ie ill imho imo indeed info instead irc irl kernel last later lately laptop linux lmao lol look love
  luckily man mate maybe mean meanwhile message mmm morning music naah nah neat nevermind next nice night nm nobody nope note now
  number obviously oh ok okay okey ooh oops open ops otherwise ouch overall people perfect perhaps personally please pls plz
  possibly probably problem ps question quick quit reboot rather reason root ring run sad sec second seriously server sir sigh
  similarly sorry source spoiler stop strange stuff sudo suddenly summary super sweet system test thank thankfully thanks thanx
  thx third tip today tomorrow tonight topic true truth ty ubuntu ugh uh uhm um unfortunately update user usually wait warning
  weird welcome whatever whoa whoever windows wow wtf yay yea yeah year yep yesterday yo yup
  adiós amigo amiga amigos bueno buenas buenos chao chau chicos claro dale disculpa error ejemplo exacto favor gente gracias genial
  holi hombre igual jaja jajaja mira nota oye perdón perfecto perdon pregunta saludos tal tarde tardes noches día dia dias días
  tranquilo vale venga verdad según ojo resumen aviso
  annually daily hourly midnight monthly noon weekly yearly import media override charset keyframes supports include param return
  author deprecated todo here channel everyone all`.split(/\s+/),
);

/** Whether a word is an ordinary one of English, Spanish or chat: then it stays, even if somebody is called so. */
export function isOrdinaryWord(word: string): boolean {
  const lower = word.toLowerCase();
  return isStopWord(lower) || CHAT_WORDS.has(lower);
}

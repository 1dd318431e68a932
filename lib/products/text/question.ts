const OPENING =
  /^(?:\W*(?:hi|hello|hey|hola|buenas|ok|so|and|but|pls|please|anon-[a-z2-7]{10}[:,]?|oigan|disculpen|perdón|una pregunta)[\s,:!.]+){0,3}(?:how (?:do|can|to|would|should|does|is|are|come)|what(?:'s| is| are| do| does| should| kind)|why (?:is|are|do|does|can|won|doesn|isn)|where (?:is|are|do|can)|which |who (?:is|are|knows)|(?:can|could|does|do|is|has|would|anyone|anybody|someone|somebody) (?:anyone|anybody|someone|somebody|any one|there (?:a|any)|it possible|know|knows|you|i )|any (?:idea|ideas|suggestion|suggestions|one know)|i need help|help me|how come|cómo |por qué |qué |dónde |cuál |cuándo |alguien (?:sabe|puede|tiene|conoce|ha |me)|hay (?:alguna|algún|forma|manera|alguien)|se puede |saben (?:si|cómo|como|de)|me pueden|pueden ayudarme|necesito ayuda)/iu;

/** Whether a message asks something: by its question mark, or by how it opens in English or Spanish. */
export function isQuestion(text: string): boolean {
  return /¿|\?(?!\S*[=&])(?:[\s?!)'"]|$)/u.test(text) || OPENING.test(text);
}

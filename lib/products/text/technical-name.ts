/** Names of devices, processors, formats and releases that look like nicks and are none. */
const KNOWN_NAME =
  /^(?:x86[_-]?\d*|i[3-6]86|amd64|arm\d*\w*|[sh]d[a-z]\d*|(?:eth|wlan|ath|ppp|usb|tty|mp|ipv|ext|utf|iso|sha|md|h|lib\w*|kde|gtk|qt|vim|python|php|mysql|lucid|ntfs|win|windows|ubuntu|directx|opengl)[-_]?\d+\w*|(?:Mac|Open|Live|You|Java|Type|Git|Virtual|Libre|Free|Thunder|Power|Blue|Word|Post|My)\p{Lu}\w*|iPod|iPhone|iPad|eBay|\w*OS)$/u;

/** A few letters and a number, or the other way round: `sata2` and `raid5`, but people too, as `bob2`. */
const MAYBE_NAME = /^(?:[a-z]{1,5}\d{1,2}|\d+[a-z]{0,3})$/u;

/** Whether a word is the name of a device, a processor, a format or a release, or may be one. */
export function isTechnicalName(word: string): boolean {
  return KNOWN_NAME.test(word) || MAYBE_NAME.test(word);
}

/** Whether a word has letters and digits as technical names have, but is none of those that are known. */
export function isMaybeTechnical(word: string): boolean {
  return MAYBE_NAME.test(word) && /[a-z]/.test(word) && !KNOWN_NAME.test(word);
}

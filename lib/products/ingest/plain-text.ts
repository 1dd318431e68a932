/**
 * A text without the formatting of chat (IRC's bold, colours and the like) and with full-width ASCII as ASCII, in the NFC form. Its
 * lines stay.
 */
export function plainText(text: string): string {
  return text
    .replace(/\u0003(?:\d{1,2}(?:,\d{1,2})?)?|\u0004[0-9a-fA-F]{6}|[\u0002\u000f\u0011\u0016\u001d-\u001f]/g, '')
    .normalize('NFC')
    .replace(/[\uff01-\uff5e]/g, (character) => String.fromCharCode(character.charCodeAt(0) - 0xfee0));
}

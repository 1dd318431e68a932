/** Whether an IBAN's check digits are right (ISO 7064, mod 97-10). */
export function isIban(iban: string): boolean {
  let rest = 0;
  for (const character of `${iban.slice(4)}${iban.slice(0, 4)}`.toUpperCase()) {
    const value = Number.parseInt(character, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}

/** Whether the letter of a Spanish DNI or NIE is right (Real Decreto 1553/2005): the number modulo 23 gives it. */
export function isDni(text: string): boolean {
  const plain = text.toUpperCase().replace(/[^0-9A-Z]/g, '');
  const number = plain.slice(0, -1).replace(/^[XYZ]/, (letter) => String('XYZ'.indexOf(letter)));
  return 'TRWAGMYFPDXBNJZSQVHLCKE'[Number(number) % 23] === plain.at(-1);
}

/** Whether the last two digits of a Brazilian CPF are right. */
export function isCpf(text: string): boolean {
  const digits = [...text.replace(/\D/g, '')].map(Number);
  if (digits.length !== 11 || new Set(digits).size === 1) return false;
  return [9, 10].every((at) => {
    const sum = digits.slice(0, at).reduce((all, digit, index) => all + digit * (at + 1 - index), 0);
    return ((sum * 10) % 11) % 10 === digits[at];
  });
}

/** Whether the check digit of a Chilean RUT is right (modulo 11, K for ten). */
export function isRut(text: string): boolean {
  const plain = text.toUpperCase().replace(/[^0-9K]/g, '');
  const sum = [...plain.slice(0, -1)].reverse().reduce((all, digit, at) => all + Number(digit) * (2 + (at % 6)), 0);
  return '0K987654321'[sum % 11] === plain.at(-1);
}

const DIHEDRAL = [
  '0123456789',
  '1234067895',
  '2340178956',
  '3401289567',
  '4012395678',
  '5987604321',
  '6598710432',
  '7659821043',
  '8765932104',
  '9876543210',
];
const PERMUTED = [
  '0123456789',
  '1576283094',
  '5803796142',
  '8916043527',
  '9453126870',
  '4286573901',
  '2793806415',
  '7046913258',
];

/** Whether a number's last digit is the check digit of Verhoeff, as in Aadhaar. */
export function isVerhoeff(digits: string): boolean {
  let check = 0;
  for (let at = 0; at < digits.length; at += 1) {
    const digit = Number(PERMUTED[at % 8]?.[Number(digits[digits.length - 1 - at])]);
    check = Number(DIHEDRAL[check]?.[digit]);
  }
  return check === 0;
}

import { type Found, finder, type Rule } from './rule.ts';

const NUMBER =
  /(?<![\p{L}\p{N}.,:/_=#-]|[\d][ ])(?:\d{4}(?:[ .-]?\d{4}){2}[ .-]?\d{1,7}|\d{4}[ .-]?\d{6}[ .-]?\d{4,5}|\d{13,19})(?![\p{L}\p{N}_/:]|[.-]\d| \d{4})/gu;
const SECURITY_CODE =
  /(?<![\p{L}\p{N}])(?:cvv2?|cvc2?|csc|security code|código de seguridad)(?:\s(?:is|es|number|code))?\s?[:=]?\s?(?<secret>\d{3,4})(?!\d)/giu;
const NAMED =
  /(?<![\p{L}\p{N}])(?:(?:credit|debit|visa|bank) ?card|mastercard|amex|visa|card|tarjeta|cc)(?:\s(?:number|no\.?|num|nº|is|es|número|de crédito|de débito|n\.)){0,3}\s?[:=#]?\s?(?<secret>\d{4}(?:[ .-]?\d){8,15})(?!\d)/giu;

/** Numbers of payment cards (ISO/IEC 7812) and their security codes. */
export const CARD_RULES: readonly Rule[] = [
  { kind: 'card', digits: 13, find: finder(NUMBER, isCard) },
  { kind: 'card', digits: 12, find: finder(NAMED) },
  { kind: 'card', any: ['cvv', 'cvc', 'csc', 'security code', 'seguridad'], digits: 3, find: finder(SECURITY_CODE) },
];

function isCard({ secret }: Found): boolean {
  const digits = secret.replace(/\D/g, '');
  return (
    /^(?:3[0-9]|4|5[0-8]|2[2-7]|6)/.test(digits) && digits.length >= 13 && isLuhn(digits) && !/^(\d)\1+$/.test(digits)
  );
}

/** Whether the last digit is the check digit of Luhn (ISO/IEC 7812-1, annex B). */
function isLuhn(digits: string): boolean {
  let sum = 0;
  for (let at = 0; at < digits.length; at += 1) {
    const digit = Number(digits[digits.length - 1 - at]);
    const doubled = at % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

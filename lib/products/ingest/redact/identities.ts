import { isCpf, isDni, isIban, isRut, isVerhoeff } from './identity-checks.ts';
import { finder, type Rule } from './rule.ts';

const IBAN = /(?<![\p{L}\p{N}])[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,4})?(?![\p{L}\p{N}])/giu;
const SSN = /(?<![\p{L}\p{N}.-])(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\p{L}\p{N}]|-\d)/gu;
const DNI = /(?<![\p{L}\p{N}.-])(?:\d{8}|\d{2}\.\d{3}\.\d{3})[ -]?[A-Z](?![\p{L}\p{N}])/giu;
const NIE = /(?<![\p{L}\p{N}.-])[XYZ][ -]?\d{7}[ -]?[A-Z](?![\p{L}\p{N}])/giu;
const CURP = /(?<![\p{L}\p{N}])[A-Z][AEIOUX][A-Z]{2}\d{6}[HMX][A-Z]{5}[A-Z0-9]\d(?![\p{L}\p{N}])/giu;
const RFC =
  /(?<![\p{L}\p{N}])[A-ZÑ&]{4}\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[A-Z0-9]{2}[0-9A](?![\p{L}\p{N}])/gu;
const CPF = /(?<![\p{L}\p{N}.-])\d{3}\.\d{3}\.\d{3}-\d{2}(?![\p{L}\p{N}])/gu;
const CNPJ = /(?<![\p{L}\p{N}.-])\d{2}\.\d{3}\.\d{3}\/\d{4}-\d{2}(?![\p{L}\p{N}])/gu;
const RUT = /(?<![\p{L}\p{N}.-])\d{1,2}\.\d{3}\.\d{3}-[\dK](?![\p{L}\p{N}])/giu;
const CUIT = /(?<![\p{L}\p{N}.-])(?:20|23|24|27|30|33|34)-\d{8}-\d(?![\p{L}\p{N}]|-\d)/gu;
const AADHAAR = /(?<![\p{L}\p{N}.:/-]|\d[ ])[2-9]\d{3}(?<gap>[ -])\d{4}\k<gap>\d{4}(?![\p{L}\p{N}]|[ .:-]\d)/gu;
const NINO = /(?<![\p{L}\p{N}])[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D](?![\p{L}\p{N}])/gu;
const PAN = /(?<![\p{L}\p{N}])[A-Z]{3}P[A-Z]\d{4}[A-Z](?![\p{L}\p{N}])/gu;
/** A number after the name of what it is: `passport no. …`, `mi cédula es …`. */
const NAMED =
  /(?<![\p{L}\p{N}])(?:ssn|ss ?#|social security|dni|nie|nif|cif|cuit|cuil|curp|rfc|cpf|aadhaar|aadhar|pan card|passport|pasaporte|passaporte|reisepass|c[ée]dula|rut|nino|national insurance|ni number|nhs(?: number)?|sin number|social insurance|licen[cs]e plate|number plate|driv(?:er'?s|ing) licen[cs]e|licencia de conducir|iban|bic|routing|account (?:number|no)|acct|sort code|n[uú]mero de cuenta|clabe|cbu|steuer-?id|personalausweis|codice fiscale|matr[ií]cula|tax id|ein|vat(?: number)?|imei|iccid|imsi|documento(?: nacional)?|identity card|id card|carnet(?: de identidad)?|seguridad social|nss|cuenta bancaria)(?:\s(?:number|no\.?|num|n[uú]mero|nº|id|is|es|was|es el|de identidad|card|ist|é)){0,3}(?:\s?[:=#]\s?|\s)(?<secret>(?:[A-Z]{1,4}[ -]?)?\d[\dA-Z]{0,24}(?:[ .-]\d[\dA-Z]{0,12}){0,8}(?:[ -][A-Z])?)(?![\p{L}\p{N}])/giu;

/** Parts of the names above, one of which is in every text that has one. */
const NAMES: readonly string[] =
  'ssn,ss #,ss#,social,dni,nie,nif,cif,cui,curp,rfc,cpf,aadha,pan card,pass,pasa,cedula,cédula,rut,nino,insurance,ni number,nhs,sin number,licen,plate,iban,bic,routing,account,acct,sort code,cuenta,clabe,cbu,steuer,personalausweis,codice,matricula,matrícula,tax id,ein,vat,imei,iccid,imsi,documento,card,carnet,seguridad,nss'.split(
    ',',
  );

/** Numbers that states and banks give to people; by their check digits where they have some, else after their names. */
export const IDENTITY_RULES: readonly Rule[] = [
  { kind: 'id', run: 4, digits: 10, hint: /[a-z]{2}\d{2}[ -]?[a-z0-9]{4}/i, find: ibans },
  { kind: 'id', digits: 9, any: ['-'], hint: /\d-\d{2}-\d/, find: finder(SSN) },
  {
    kind: 'id',
    digits: 8,
    hint: /\d{3}[ -]?[a-z]/i,
    find: finder(
      DNI,
      ({ secret, before }) => isDni(secret) && (/[A-Z]$/.test(secret) || /dni|nif|documento/i.test(before)),
    ),
  },
  {
    kind: 'id',
    digits: 7,
    any: ['x', 'y', 'z'],
    hint: /[xyz][ -]?\d{7}/i,
    find: finder(NIE, ({ secret }) => isDni(secret)),
  },
  { kind: 'id', run: 18, digits: 6, hint: /[a-z]{4}\d{6}[a-z]/i, find: finder(CURP) },
  { kind: 'id', run: 13, digits: 6, hint: /[A-ZÑ&]{4}\d{6}/, find: finder(RFC) },
  { kind: 'id', digits: 11, any: ['-'], hint: /\d\.\d{3}\.\d{3}/, find: finder(CPF) },
  { kind: 'id', digits: 14, any: ['/'], hint: /\d\.\d{3}\.\d{3}\//, find: finder(CNPJ) },
  { kind: 'id', digits: 7, any: ['-'], hint: /\d\.\d{3}\.\d{3}-/, find: finder(RUT, ({ secret }) => isRut(secret)) },
  { kind: 'id', digits: 11, any: ['-'], hint: /\d{8}-\d/, find: finder(CUIT) },
  {
    kind: 'id',
    digits: 12,
    hint: /\d{4}[ -]\d{4}[ -]\d{4}/,
    find: finder(AADHAAR, ({ secret }) => isVerhoeff(secret.replace(/\D/g, ''))),
  },
  { kind: 'id', digits: 6, hint: /[A-Z]{2} ?\d{2} ?\d{2}/, find: finder(NINO) },
  { kind: 'id', run: 10, digits: 4, hint: /P[A-Z]\d{4}[A-Z]/, find: finder(PAN) },
  { kind: 'id', digits: 11, any: ['cpf'], find: finder(/(?<!\d)\d{11}(?!\d)/g, ({ secret }) => isCpf(secret)) },
  {
    kind: 'id',
    digits: 4,
    any: NAMES,
    find: finder(
      NAMED,
      ({ secret }) => (secret.match(/\d/g)?.length ?? 0) >= 5 && !/^\d{1,3}(?:\.\d{1,3}){1,3}$/.test(secret),
    ),
  },
];

/** IBANs end where their country says; since that list grows, the longest run whose check digits are right. */
function* ibans(text: string): Iterable<{ start: number; end: number }> {
  for (const { 0: run, index } of text.matchAll(IBAN)) {
    for (let length = run.length; length >= 15; length -= 1) {
      if (/[ -]/.test(run[length - 1] ?? '') || /[A-Z0-9]/i.test(run[length] ?? ' ')) continue;
      const plain = run.slice(0, length).replace(/[ -]/g, '');
      if (plain.length < 15 || plain.length > 34 || !isIban(plain) || !/\d{4}/.test(plain)) continue;
      yield { start: index, end: index + length };
      break;
    }
  }
}

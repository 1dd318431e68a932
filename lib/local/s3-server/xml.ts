import { XMLBuilder, XMLParser } from 'fast-xml-parser';

const builder = new XMLBuilder({ ignoreAttributes: false, suppressEmptyNode: false });
const parser = new XMLParser({
  ignoreAttributes: true,
  parseTagValue: false,
  trimValues: false,
  ignoreDeclaration: true,
  isArray: (name) => name === 'Object' || name === 'Part',
});

/** A value of an XML document. Undefined fields are left out. */
export type XmlValue = string | number | boolean | undefined | XmlFields | readonly XmlFields[];

/** The fields of an element in order; a list repeats its element. */
export interface XmlFields {
  readonly [name: string]: XmlValue;
}

/** Builds a document of S3's namespace. Characters that XML 1.0 can't hold become U+FFFD. */
export function buildXml(root: string, fields: XmlFields): string {
  const namespace = root === 'Error' ? {} : { '@_xmlns': 'http://s3.amazonaws.com/doc/2006-03-01/' };
  const document = builder.build({ [root]: { ...namespace, ...fields } });
  return `<?xml version="1.0" encoding="UTF-8"?>\n${document}`.replace(
    /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g,
    '\ufffd',
  );
}

/** Parses a small document into unchecked values, or gives undefined; refuses document types and their entities. */
export function parseXml(text: string): unknown {
  if (/<!(?:DOCTYPE|ENTITY)/i.test(text)) return undefined;
  try {
    return parser.parse(text, true);
  } catch {
    return undefined;
  }
}

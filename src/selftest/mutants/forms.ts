const values: Readonly<Record<string, readonly unknown[]>> = {
  integer: [1.5, 2147483648, -2147483649, 1e300],
  positiveInt: [0, -1, 1.5, 2147483648],
  unsignedInt: [-1, 0.5, 2147483648],
  string: ['x'.repeat(1048577)],
  markdown: ['x'.repeat(1048577), 'a\u0001b', 'a\fb', '\u001f'],
  code: [' a', 'a ', 'a  b', 'a\tb', 'a\nb'],
  id: ['a b', 'a_b', 'ä', 'a/b', 'x'.repeat(65)],
  uri: ['a b', ' http://example.org', 'http://example.org/\t'],
  url: ['a b', 'http://example.org/ x'],
  canonical: ['a b', 'http://example.org/x |1'],
  oid: ['1.2.3', 'urn:oid:3.1', 'urn:oid:1.02', 'urn:oid:1.2.', 'urn:uuid:1.2.3'],
  uuid: [
    'urn:uuid:1',
    'c757873d-ec9a-4326-a141-556f43239520',
    'urn:uuid:c757873d-ec9a-4326-a141-556f4323952g',
  ],
  date: [
    '2021-02-29',
    '2021-02-30',
    '2021-13-01',
    '2021-1-1',
    '2021-00',
    '21',
    '2021-01-01T00:00:00Z',
    '20210101',
    '0000',
  ],
  dateTime: [
    '2021-04-31',
    '2021-01-01T00:00:00',
    '2021-01-01T00:00Z',
    '2021-01-01T24:00:00Z',
    '2021-01-01 00:00:00Z',
    '2021-01-01T00:00:00+15:00',
    '2021-01-01T00:00:00+0100',
    '2021-01-01T00:60:00Z',
    '2021-01-01T00:00:00.Z',
    '1900-02-29',
    'yesterday',
  ],
  instant: ['2021-01-01', '2021', '2021-01-01T00:00:00', '2021-02-30T00:00:00Z', '2021-01-01T25:00:00Z'],
  time: ['24:00:00', '12:00', '12:60:00', '12:00:61', '12:00:00Z', '1:00:00'],
  base64Binary: ['***', 'eA=', 'eA===', 'e', 'e=A=', 'eA==\u00e9'],
  xhtml: [
    'x',
    '<p xmlns="http://www.w3.org/1999/xhtml">x</p>',
    '<div>x</div>',
    '<div xmlns="http://www.w3.org/1999/xhtml">x',
  ],
}

/** A value that does not have the form of its type, and words for it. */
export interface BadForm {
  readonly value: unknown
  readonly how: string
}

/** For each primitive type values of its JSON type that do not have its form. */
export const badForms: Readonly<Record<string, readonly BadForm[]>> = Object.fromEntries(
  Object.entries(values).map(([type, all]) => [
    type,
    all.map((value) => ({ value, how: `${type} ${words(value)}` })),
  ]),
)

function words(value: unknown): string {
  const text = JSON.stringify(value)
  return text.length > 40 ? `of ${text.length - 2} characters` : text
}

import { expect, test } from 'vitest'
import { formOf, isNumber, isText } from './primitives.ts'

const texts: Readonly<Record<string, readonly [good: readonly string[], bad: readonly string[]]>> = {
  string: [[' a ', ' ', 'a\u00a0b\u2028c', '\t\r\n', 'a\u0001', 'x'.repeat(1048576)], ['x'.repeat(1048577)]],
  code: [
    ['a', 'a b', 'a b c', 'a\u00a0b', '<='],
    [' a', 'a ', 'a  b', 'a\tb', 'a\nb', ' '],
  ],
  id: [
    ['a', 'A-1.b', '0'.repeat(64)],
    ['a_b', 'a b', 'é', '0'.repeat(65), 'a/b'],
  ],
  uri: [
    ['http://example.org/a?b#c', 'urn:x', '#a', 'a\u00a0b'],
    ['a b', ' a', 'a\n', 'http://example.org/a\tb'],
  ],
  url: [['mailto:a@example.org'], ['mailto: a']],
  canonical: [['http://example.org/a|1.0#b'], ['http://example.org/a |1']],
  oid: [
    ['urn:oid:1.2.3', 'urn:oid:2.16.840.1.0', 'urn:oid:0.0'],
    ['1.2.3', 'urn:oid:3.1', 'urn:oid:1', 'urn:oid:1.', 'urn:oid:1.02', 'urn:oid:1..2', 'urn:oid:12.3'],
  ],
  uuid: [
    ['urn:uuid:c757873d-ec9a-4326-a141-556f43239520'],
    [
      'c757873d-ec9a-4326-a141-556f43239520',
      'urn:uuid:C757873D-ec9a-4326-a141-556f43239520',
      'urn:uuid:c757873d-ec9a-4326-a141-556f4323952',
    ],
  ],
  date: [
    ['2020', '2020-02', '2020-02-29', '2000-02-29', '0001-01-01', '9999-12-31'],
    [
      '202',
      '2020-',
      '2020-13',
      '2020-00',
      '2020-2',
      '2021-02-29',
      '1900-02-29',
      '2020-04-31',
      '2020-01-00',
      '2020-01-1',
      '0000',
      '2020-01-01T00:00:00Z',
      '2020/01/01',
      '20200101',
      '-2020',
      '٢٠٢٠',
    ],
  ],
  dateTime: [
    [
      '2020',
      '2020-02',
      '2020-02-29',
      '2020-02-29T23:59:60Z',
      '2020-02-29T00:00:00.1234567890123+14:00',
      '2020-02-29T00:00:00-13:59',
      '2020-02-29T00:00:00+00:00',
    ],
    [
      '2020-02-29T',
      '2020-02-29T10:00Z',
      '2020-02-29T10:00:00',
      '2020-02-29T24:00:00Z',
      '2020-02-29T10:60:00Z',
      '2020-02-29T10:00:61Z',
      '2020-02-29T10:00:00.Z',
      '2020-02-29T10:00:00z',
      '2020-02-29 10:00:00Z',
      '2020-02-29T10:00:00+14:01',
      '2020-02-29T10:00:00+1:00',
      '2020-02-29T10:00:00+0100',
      '2020-02-29T10:00:00Z ',
      '2021-02-29T10:00:00Z',
      '2020-02T10:00:00Z',
    ],
  ],
  instant: [
    ['2015-02-07T13:28:17.239+02:00', '2017-01-01T00:00:00Z'],
    ['2015-02-07', '2015-02-07T13:28', '2015-02-07T13:28:17'],
  ],
  time: [
    ['00:00:00', '23:59:60', '12:00:00.123'],
    ['24:00:00', '12:00', '12:00:00Z', '12:00:00.', '1:00:00', '12:00:00.1 '],
  ],
  base64Binary: [
    [
      'YQ==',
      'YWI=',
      'YWJj',
      ' YWJj\nYWJj ',
      'YWJj'.repeat(40),
      `${'YWJj'.repeat(19)}\r\n${'YWJj'.repeat(19)}`,
    ],
    ['YQ', 'YQ=', 'Y===', '=', 'YQ==YQ==', 'YW-_', ' ', 'YWJj'.repeat(40).slice(1), `*${'YWJj'.repeat(40)}`],
  ],
  xhtml: [
    [
      '<div xmlns="http://www.w3.org/1999/xhtml">a</div>',
      " <div xmlns='http://www.w3.org/1999/xhtml' id='a'/>\n",
    ],
    [
      'a',
      '<p xmlns="http://www.w3.org/1999/xhtml">a</p>',
      '<div>http://www.w3.org/1999/xhtml</div>',
      '<div>a</div>',
    ],
  ],
}

for (const [type, [good, bad]] of Object.entries(texts)) {
  test.each(good)(`${type}: %j`, (text) => expect(isText(formOf(type), text)).toBe(true))
  test.each(bad)(`no ${type}: %j`, (text) => expect(isText(formOf(type), text)).toBe(false))
}

test.each<[string, readonly number[], readonly number[]]>([
  ['integer', [0, -2147483648, 2147483647], [0.5, 2147483648, -2147483649, 1e300]],
  ['positiveInt', [1, 2147483647], [0, -1, 1.5, 2147483648]],
  ['unsignedInt', [0, 2147483647], [-1, 0.1, 2147483648]],
  ['decimal', [0.1, -5, 1e300, Number.POSITIVE_INFINITY], []],
])('%s', (type, good, bad) => {
  const form = formOf(type)
  expect(good.filter((it) => !isNumber(form, it))).toEqual([])
  expect(bad.filter((it) => isNumber(form, it))).toEqual([])
})

test('white space around base64 takes time in proportion to its length', () => {
  expect(isText(formOf('base64Binary'), `${' '.repeat(1_000_000)}*`)).toBe(false)
})

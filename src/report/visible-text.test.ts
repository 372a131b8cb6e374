import { expect, test } from 'vitest'
import { truncate, visible, visibleLines } from './visible-text.ts'

test.each([
  ['plain text, äöü, 日本語, 👍', 'plain text, äöü, 日本語, 👍'],
  ['\u001b[31mred', '\\u{1b}[31mred'],
  ['a\nb\tc', 'a\\u{a}b\\u{9}c'],
  ['\u202eabc', '\\u{202e}abc'],
  ['zero\u200bwidth', 'zero\\u{200b}width'],
  ['\ud83d', '\\u{d83d}'],
  ['\u{e0041}', '\\u{e0041}'],
  ['::error::x', '\\u{3a}:error::x'],
  ['urn:uuid::1', 'urn:uuid::1'],
  ['##vso[x]', '\\u{23}#vso[x]'],
  ['## heading', '## heading'],
])('%j is shown as %j', (text, shown) => {
  expect(visible(text)).toBe(shown)
})

test('every code point but the visible ones is encoded, none is dropped', () => {
  for (let code = 0; code <= 0xffff; code += 1) {
    const shown = visible(String.fromCharCode(code))
    expect(shown.length).toBeGreaterThan(0)
    if (code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0xd800 && code < 0xe000))
      expect(shown).toBe(`\\u{${code.toString(16)}}`)
  }
})

test('bodies keep their lines', () => {
  expect(visibleLines('{\n\t"a": "\r\u0007"\n}')).toBe('{\n\t"a": "\\u{d}\\u{7}"\n}')
})

test('a cut says how long the text was and leaves no half character', () => {
  expect(truncate('abcdef', 3)).toBe('abc… (6 characters)')
  expect(truncate('ab👍', 3)).toBe('ab… (4 characters)')
  expect(truncate('abc', 3)).toBe('abc')
})

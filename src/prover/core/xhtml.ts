import * as at from './layout.ts'
import { byte, get, put, same, word } from './machine.ts'
import { findRow } from './names.ts'
import { hex4, quote, textEnd } from './text.ts'

const ampersand: i32 = 38
const apostrophe: i32 = 39
const slash: i32 = 47
const semicolon: i32 = 59
const tagStart: i32 = 60
const equals: i32 = 61
const tagEnd: i32 = 62
const backslash: i32 = 92
const closeBracket: i32 = 93

// How many elements are open, whether the first is in the namespace, and whether there is text or an image.
let opened: i32 = 0
let isNamed = false
let says = false

/**
 * Proves XHTML: a well-formed div in the XHTML namespace, with elements and attributes that every narrative may have, and with content. Begins at its
 * first byte and returns the address of the quote that ends it, or 0 if it is not proven.
 */
export function xhtmlEnd(p: i32): i32 {
  const e = textEnd(p)
  if (e === 0 || !same(p, at.divTag, at.divTagLength)) return 0
  opened = 0
  isNamed = false
  says = false
  let q = p
  do {
    q = tag(q)
    if (q !== 0 && opened !== 0) q = characters(q, 0)
  } while (q !== 0 && opened !== 0)
  return q === e && isNamed && says ? e : 0
}

// The end of the tag that begins at `p`, or 0.
function tag(p: i32): i32 {
  const slashes = slashEnd(p + 1)
  const name = slashes === 0 ? p + 1 : slashes
  const end = nameEnd(name)
  const length = end - name
  if (length === 0) return 0
  if (slashes === 0) return attributes(name, length)
  opened--
  const open = at.openTags + opened * 8
  if (get(open + 4) !== length || !same(get(open), name, length)) return 0
  const e = spaceEnd(end)
  return byte(e) === tagEnd ? e + 1 : 0
}

// The rest of a tag that opens an element, and perhaps closes it.
function attributes(name: i32, length: i32): i32 {
  if (findRow(get(at.htmlNames), name, length) === 0 || opened === at.maxOpenTags) return 0
  let p = name + length
  let count = 0
  while (true) {
    const q = spaceEnd(p)
    const slashes = slashEnd(q)
    if (byte(q) === tagEnd || slashes !== 0) {
      if (length === 3 && byte(name) === 105 && byte(name + 1) === 109) says = true
      if (slashes !== 0) return byte(slashes) === tagEnd && opened !== 0 ? slashes + 1 : 0
      put(at.openTags + opened * 8, name)
      put(at.openTags + opened * 8 + 4, length)
      opened++
      return q + 1
    }
    if (q === p || count === at.maxAttributes) return 0
    p = attribute(q, count)
    if (p === 0) return 0
    count++
  }
}

// The end of the attribute that begins at `p` and repeats none before it, or 0.
function attribute(p: i32, before: i32): i32 {
  const end = attributeNameEnd(p)
  const length = end - p
  if (length === 0 || byte(end) !== equals) return 0
  if (findRow(get(at.htmlAttributeNames), p, length) === 0) return 0
  for (let i = 0; i < before; i++) {
    const other = at.attributeNames + i * 8
    if (get(other + 4) === length && same(get(other), p, length)) return 0
  }
  put(at.attributeNames + before * 8, p)
  put(at.attributeNames + before * 8 + 4, length)
  const isEscaped = byte(end + 1) === backslash
  const value = isEscaped ? end + 3 : end + 2
  const delimiter = byte(value - 1)
  if (isEscaped ? delimiter !== quote : delimiter !== apostrophe) return 0
  const e = characters(value, delimiter)
  if (e === 0) return 0
  if (same(p, at.xmlnsName, at.xmlnsNameLength)) {
    if (opened !== 0 || length !== at.xmlnsNameLength || e - value !== at.xhtmlNamespaceLength) return 0
    isNamed = same(value, at.xhtmlNamespace, at.xhtmlNamespaceLength)
    if (!isNamed) return 0
  }
  return isEscaped ? e + 2 : e + 1
}

// The end of characters: the next tag, or the delimiter of the attribute whose value they are. 0 if something else follows.
function characters(p: i32, delimiter: i32): i32 {
  let said = false
  while (true) {
    const c = byte(p)
    if (c === tagStart) {
      says = says || said
      return delimiter === 0 ? p : 0
    }
    if (c === quote) return 0
    if (c === ampersand) {
      p = entityEnd(p + 1)
      if (p === 0) return 0
      said = true
    } else if (c === backslash) {
      const next = byte(p + 1)
      if (next === quote && delimiter === quote) return p
      if (next === 117) {
        // It could be a bracket, and XML excludes the last two characters.
        const unit = hex4(p + 2)
        if (unit < 128 || unit > 65533) return 0
        said = true
        p += 6
      } else {
        said = said || next === quote || next === slash || next === backslash
        p += 2
      }
    } else {
      if (c === delimiter) return p
      if (c === closeBracket && byte(p + 1) === closeBracket) return 0
      // U+FFFE and U+FFFF.
      if (c === 239 && byte(p + 1) === 191 && byte(p + 2) > 189) return 0
      said = said || c > 32
      p++
    }
  }
}

// The end of an entity that every XML document has, or of a character reference; `p` is after the ampersand.
function entityEnd(p: i32): i32 {
  const four = word(p)
  if (four === 0x3b706d61) return p + 4
  if ((four & 0xffffff) === 0x3b746c || (four & 0xffffff) === 0x3b7467) return p + 3
  if (four === 0x746f7571 || four === 0x736f7061) return byte(p + 4) === semicolon ? p + 5 : 0
  if (byte(p) !== 35) return 0
  let q = p + 1
  let number = 0
  while (byte(q) >= 48 && byte(q) <= 57 && q - p < 6) {
    number = number * 10 + byte(q) - 48
    q++
  }
  return byte(q) === semicolon && number > 32 && number < 55296 ? q + 1 : 0
}

// The end of a slash, which some writers escape; 0 if there is none.
function slashEnd(p: i32): i32 {
  if (byte(p) === slash) return p + 1
  return byte(p) === backslash && byte(p + 1) === slash ? p + 2 : 0
}

function spaceEnd(p: i32): i32 {
  while (true) {
    if (byte(p) === 32) p++
    else if (byte(p) === backslash && (byte(p + 1) === 110 || byte(p + 1) === 114 || byte(p + 1) === 116))
      p += 2
    else return p
  }
}

function nameEnd(p: i32): i32 {
  while (isLower(byte(p)) || (byte(p) >= 48 && byte(p) <= 57)) p++
  return p
}

function attributeNameEnd(p: i32): i32 {
  let e = p
  while (isLower(byte(e)) || (byte(e) === 45 && e > p)) e++
  return e
}

function isLower(c: i32): boolean {
  return c >= 97 && c <= 122
}

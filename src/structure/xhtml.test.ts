import { expect, test } from 'vitest'
import { readXhtml } from './xhtml.ts'

const div = (inner: string, more = '') => `<div xmlns="http://www.w3.org/1999/xhtml"${more}>${inner}</div>`

test.each([
  div('text'),
  ` ${div('<p>a<br/>b &amp; c &#160;&quot;</p><img src="a.png" alt=\'b\'/>')}\n`,
  div('<a href="#x" onlyifyoulook="1">a</a> é 😀 <![CDATA[<]]>').replace('onlyifyoulook', 'title'),
  '<h:div xmlns:h="http://www.w3.org/1999/xhtml">x</h:div>',
  div('<p xml:lang="en">x</p><!-- y -->'),
  div('<p xmlns:on="a" on:click="x">y</p>'),
])('XHTML: %s', (text) => expect(readXhtml(text)).toEqual({ isDiv: true, isBasic: true, hasContent: true }))

test.each([
  '<div>no namespace</div>',
  '<div title="http://www.w3.org/1999/xhtml">x</div>',
  '<div xmlns:x="http://www.w3.org/1999/xhtml">x</div>',
  `${div('a')}${div('b')}`,
  `${div('a')}b`,
  div('<p>not closed'),
  div('<p>a</b></p>'),
  div('a & b'),
  div('&nbsp;'),
  div('x', ' class="a" class="b"'),
  div('<p title=a>x</p>'),
  div('<p hidden>x</p>'),
  div('<br>'),
  div('<h:p>x</h:p>'),
  div('<p>x</P>'),
  '<divx xmlns="http://www.w3.org/1999/xhtml">x</divx>',
  '<p xmlns="http://www.w3.org/1999/xhtml">x</p>',
  `<!DOCTYPE div>${div('x')}`,
  div('\u0001'),
  div(']]>'),
  'x',
  '',
])('no XHTML: %s', (text) =>
  expect(readXhtml(text)).toEqual({ isDiv: false, isBasic: true, hasContent: true }),
)

test.each(['', ' \n', '<p><b/></p>', '<!-- x -->', '<br/>'])('XHTML that says nothing: %j', (inner) =>
  expect(readXhtml(div(inner))).toEqual({ isDiv: true, isBasic: true, hasContent: false }),
)

test.each(['<script>x</script>', '<form>x</form>', '<p onclick="x()">y</p>', '<iframe src="a">x</iframe>'])(
  'XHTML with what R4 excludes: %s',
  (inner) => expect(readXhtml(div(inner))).toEqual({ isDiv: true, isBasic: false, hasContent: true }),
)

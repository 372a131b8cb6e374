/** A text as it looks in URLs, forms, JSON, HTML, XML, hex and, at each of the three offsets, Base64; the text itself comes first. */
export function encodingsOf(secret: string): readonly string[] {
  const url = encodeURIComponent(secret)
  const strict = url.replace(/[!'()*~]/g, percent)
  const json = JSON.stringify(secret).slice(1, -1)
  const bytes = Buffer.from(secret)
  return [
    secret,
    ...[url, strict, url.replace(/%20/g, '+')].flatMap((it) => [it, encodeURIComponent(it)]),
    json,
    json.replace(/\//g, '\\/'),
    json.replace(/[^\w]/g, (it) => (it === '\\' ? it : codeUnit(it))),
    JSON.stringify(json).slice(1, -1),
    ...html(secret),
    bytes.toString('hex'),
    ...base64(bytes),
  ]
}

function percent(text: string): string {
  return [...Buffer.from(text)].map((it) => `%${it.toString(16).padStart(2, '0')}`).join('')
}

function codeUnit(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** As the libraries of several languages escape a text: each with another way to write quotation marks. */
function html(text: string): readonly string[] {
  const escaped = (also: RegExp, reference: (code: number) => string) =>
    text
      .replace(/&/g, '&amp;')
      .replace(/</g, '&lt;')
      .replace(/>/g, '&gt;')
      .replace(also, (it) => (it === '"' ? '&quot;' : reference(it.charCodeAt(0))))
  return [
    escaped(/["']/g, (code) => `&#${code};`),
    escaped(/["']/g, () => '&apos;'),
    escaped(/["'`=]/g, (code) => `&#x${code.toString(16)};`),
  ]
}

/** The part of its Base64 that is the same wherever it starts. */
function base64(bytes: Buffer): readonly string[] {
  return [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    return text.slice(offset === 0 ? 0 : offset + 1, (offset + bytes.length) % 3 === 0 ? undefined : -1)
  })
}

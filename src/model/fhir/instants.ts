/** Milliseconds since 1970 of a FHIR instant, which has seconds and a zone; `undefined` if the value is not one. Reads character by character for speed. */
export function parseInstant(value: unknown): number | undefined {
  if (typeof value !== 'string' || value.length < 20) return undefined
  const year = number(value, 0, 4)
  const month = number(value, 5, 2)
  const day = number(value, 8, 2)
  const time = timeAt(value, 11)
  if (Number.isNaN(year + month + day + time) || value[4] !== '-') return undefined
  if (value[7] !== '-' || value[10] !== 'T' || month < 1 || month > 12) return undefined
  if (day < 1 || day > daysOf(year, month)) return undefined
  let end = 19
  let thousandths = 0
  if (value[end] === '.') {
    end += 1
    for (let weight = 100; isDigit(value.charCodeAt(end)); weight = Math.floor(weight / 10)) {
      thousandths += (value.charCodeAt(end) - 48) * weight
      end += 1
    }
    if (end === 20) return undefined
  }
  const offset = offsetAt(value, end)
  return offset === undefined ? undefined : Date.UTC(year, month - 1, day) + time + thousandths - offset
}

function daysOf(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}

/** The number in `digits` digits; NaN if one of them is not a digit. */
function number(text: string, at: number, digits: number): number {
  let value = 0
  for (let i = at; i < at + digits; i += 1) {
    const code = text.charCodeAt(i)
    if (!isDigit(code)) return Number.NaN
    value = value * 10 + code - 48
  }
  return value
}

/** Milliseconds of `hh:mm:ss`; NaN if the text is not a time. */
function timeAt(text: string, at: number): number {
  const hour = number(text, at, 2)
  const minute = number(text, at + 3, 2)
  const second = number(text, at + 6, 2)
  if (text[at + 2] !== ':' || text[at + 5] !== ':' || hour > 23 || minute > 59 || second > 60)
    return Number.NaN
  return ((hour * 60 + minute) * 60 + second) * 1000
}

/** Offset in milliseconds of a zone at the end of the text; `undefined` if the text is not a zone. */
function offsetAt(text: string, at: number): number | undefined {
  const sign = text[at]
  if (sign === 'Z') return text.length === at + 1 ? 0 : undefined
  const hour = number(text, at + 1, 2)
  const minute = number(text, at + 4, 2)
  if ((sign !== '+' && sign !== '-') || text.length !== at + 6 || text[at + 3] !== ':') return undefined
  if (!(hour <= 14 && minute <= 59)) return undefined
  return (sign === '-' ? -1 : 1) * (hour * 60 + minute) * 60_000
}

/** An instant in UTC with whole seconds where it has no fraction. */
export function instantOf(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z')
}

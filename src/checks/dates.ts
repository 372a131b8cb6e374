const instantForm =
  /^(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)(\.\d+)?(Z|[+-](?:0\d|1[0-4]):[0-5]\d)$/

/** Milliseconds since 1970 of a FHIR instant, which has seconds and a zone; `undefined` if it is none. */
export function parseInstant(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined
  const parts = instantForm.exec(value)
  if (!parts) return undefined
  const [, year, month, day, hour, minute, second, fraction, zone] = parts
  const utc = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  )
  if (new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDate() !== Number(day))
    return undefined
  return utc + Math.floor(Number(`0${fraction ?? ''}`) * 1000) - offsetOf(zone ?? 'Z')
}

function offsetOf(zone: string): number {
  if (zone === 'Z') return 0
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6))
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000
}

const day = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)'
const longDay = '(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)'
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const month = `(${months.join('|')})`
const time = '(\\d{2}):(\\d{2}):(\\d{2})'
const imfForm = new RegExp(`^${day}, (\\d{2}) ${month} (\\d{4}) ${time} GMT$`)
const rfc850Form = new RegExp(`^${longDay}, (\\d{2})-${month}-(\\d{2}) ${time} GMT$`)
const asctimeForm = new RegExp(`^${day} ${month} ([ \\d]\\d) ${time} (\\d{4})$`)

/** Milliseconds since 1970 of an HTTP-date in any of the three forms of RFC 9110 section 5.6.7; `undefined` if it is none. */
export function parseHttpDate(value: string): number | undefined {
  const imf = imfForm.exec(value)
  if (imf) return utcOf([imf[3], imf[2], imf[1], imf[4], imf[5], imf[6]])
  const old = rfc850Form.exec(value)
  if (old) return utcOf([century(Number(old[3])), old[2], old[1], old[4], old[5], old[6]])
  const asctime = asctimeForm.exec(value)
  if (asctime) return utcOf([asctime[6], asctime[1], asctime[2], asctime[3], asctime[4], asctime[5]])
  return undefined
}

function century(year: number): string {
  return String(year < 70 ? 2000 + year : 1900 + year)
}

function utcOf([year, name, date, hour, minute, second]: readonly (string | undefined)[]):
  | number
  | undefined {
  const [h, m, s] = [Number(hour), Number(minute), Number(second)]
  const at = Date.UTC(Number(year), months.indexOf(name ?? ''), Number(date), h, m, s)
  return h < 24 && m < 60 && s < 61 && new Date(at).getUTCDate() === Number(date) ? at : undefined
}

/** An instant in UTC with whole seconds where it has no fraction. */
export function instantOf(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z')
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const time = '(\\d{2}):(\\d{2}):(\\d{2})'
const imf = new RegExp(`^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\\d{2}) (\\w{3}) (\\d{4}) ${time} GMT$`)
const rfc850 = new RegExp(
  `^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (\\d{2})-(\\w{3})-(\\d{2}) ${time} GMT$`,
)
const asctime = new RegExp(`^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (\\w{3}) ([ \\d]\\d) ${time} (\\d{4})$`)

/** Milliseconds since 1970 of an HTTP-date in any of its three forms (RFC 9110 section 5.6.7); `undefined` if it is none. */
export function parseHttpDate(text: string, now: number): number | undefined {
  const a = imf.exec(text)
  if (a) return instant([a[3], a[2], a[1], a[4], a[5], a[6]])
  const b = rfc850.exec(text)
  if (b) {
    const century = Math.floor(new Date(now).getUTCFullYear() / 100) * 100
    const year = century + Number(b[3])
    // A two-digit year more than 50 years ahead is in the past (RFC 9110 section 5.6.7).
    const full = year > new Date(now).getUTCFullYear() + 50 ? year - 100 : year
    return instant([String(full), b[2], b[1], b[4], b[5], b[6]])
  }
  const c = asctime.exec(text)
  return c ? instant([c[6], c[1], c[2]?.trim(), c[3], c[4], c[5]]) : undefined
}

function instant(parts: readonly (string | undefined)[]): number | undefined {
  const [year, name, day, hour, minute, second] = parts
  const month = months.indexOf(name ?? '')
  const at = new Date(
    Date.UTC(Number(year), month, Number(day), Number(hour), Number(minute), Number(second)),
  )
  const valid = month >= 0 && at.getUTCDate() === Number(day) && Number(hour) < 24 && Number(minute) < 60
  return valid && Number(second) <= 60 ? at.getTime() : undefined
}

/**
 * Milliseconds that a Retry-After value asks to wait (RFC 9110 section 10.2.3), not below 0; `undefined` if it is not valid.
 * A date is compared with the `Date` of the same response if it has one, because clocks differ.
 */
export function parseRetryAfter(value: string, now: number, date?: string): number | undefined {
  if (/^[0-9]+$/.test(value)) return Math.min(Number(value) * 1000, Number.MAX_SAFE_INTEGER)
  const until = parseHttpDate(value, now)
  if (until === undefined) return undefined
  const from = date === undefined ? undefined : parseHttpDate(date, now)
  return Math.max(0, until - (from ?? now))
}

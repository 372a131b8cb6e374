const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const month = `(${months.join('|')})`
const time = '(\\d{2}):(\\d{2}):(\\d{2})'
const day = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)'
const imfForm = new RegExp(`^${day}, (\\d{2}) ${month} (\\d{4}) ${time} GMT$`)
const rfc850Form = new RegExp(
  `^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (\\d{2})-${month}-(\\d{2}) ${time} GMT$`,
)
const asctimeForm = new RegExp(`^${day} ${month} (\\d{2}| \\d) ${time} (\\d{4})$`)

/**
 * Milliseconds since 1970 of an HTTP-date in any of the three forms of RFC 9110 section 5.6.7; `undefined` if the text has none of them.
 * `now`, in milliseconds since 1970, decides the century where the year has two digits.
 */
export function parseHttpDate(text: string, now: number): number | undefined {
  const imf = imfForm.exec(text)
  if (imf) return instantAt(Number(imf[3]), imf[2], imf[1], imf.slice(4))
  const asctime = asctimeForm.exec(text)
  if (asctime) return instantAt(Number(asctime[6]), asctime[1], asctime[2], asctime.slice(3))
  const rfc850 = rfc850Form.exec(text)
  if (!rfc850) return undefined
  const inYear = (year: number) => instantAt(year, rfc850[2], rfc850[1], rfc850.slice(4))
  const limit = new Date(now)
  const lastYear = limit.getUTCFullYear() + 50
  limit.setUTCFullYear(lastYear)
  // The latest year with these digits in which the date is at most 50 years ahead.
  const year = lastYear - ((((lastYear - Number(rfc850[3])) % 100) + 100) % 100)
  const at = inYear(year)
  return at !== undefined && at > limit.getTime() ? inYear(year - 100) : at
}

function instantAt(
  year: number,
  monthName: string | undefined,
  dayOfMonth: string | undefined,
  [hour, minute, second]: readonly string[],
): number | undefined {
  const [h, m, s] = [Number(hour), Number(minute), Number(second)]
  const date = new Date(0)
  // Date.UTC takes years below 100 for those of the 20th century.
  date.setUTCFullYear(year, months.indexOf(monthName ?? ''), Number(dayOfMonth))
  const isDay = date.getUTCDate() === Number(dayOfMonth)
  // 60 is a leap second.
  const isTime = h < 24 && m < 60 && s <= 60
  return isDay && isTime ? date.getTime() + (h * 3600 + m * 60 + s) * 1000 : undefined
}

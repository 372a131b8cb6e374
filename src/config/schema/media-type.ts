/** The form of a media type without parameters, as a JSON Schema pattern. */
export const mediaTypePattern = '^[^/;\\s]+/[^/;\\s]+$'

/** What a setting has to be whose form is that. */
export const mediaTypeText = 'a media type without parameters, such as `text/csv`'

/** Whether a text has the form of a media type without parameters. */
export function isMediaType(text: string): boolean {
  return new RegExp(mediaTypePattern, 'u').test(text)
}

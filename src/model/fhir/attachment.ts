/** An attachment whose content is not in its resource, and its place among the files of its export. */
export interface AttachmentSample {
  readonly file: number
  readonly line: number
  readonly url: string
  readonly size?: number
  readonly hash?: string
  readonly contentType?: string
}

/** The content of an attachment. */
export interface AttachmentContent {
  readonly bytes: number
  /** Base64. */
  readonly sha1: string
  readonly mediaType?: string
}

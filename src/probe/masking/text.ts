import { type KnownSecrets, openKnownSecrets } from '../../model/secrets/known-secrets.ts'
import { mask } from '../../model/secrets/mask.ts'

/** Masks secrets and concealed values in texts. */
export interface Masker {
  /** A credential: masked wherever it shows, in whatever common encoding. */
  addSecret(value: string): void
  /** A value such as a patient's id; a short one is masked only where it names a patient. */
  conceal(value: string): void
  mask(text: string): string
}

const sensitiveNames =
  '[\\w.-]*(?:token|secret|signature|password|assertion|credential|apikey|api_key|api-key)[\\w.-]*|x-amz-[\\w-]+|x-goog-[\\w-]+|googleaccessid|awsaccesskeyid|key-pair-id|policy|sig|code|jwt|patient|sv|se|sr|sp|st|spr|sip|ss|srt|skoid|sktid|skt|ske|sks|skv'
// A digest stands for what is masked already.
const notMasked = `(?!masked-[0-9a-f]{10}(?:[&#@\\s"'<>]|$))`
const queryParameter = new RegExp(`([?&#;](?:${sensitiveNames})=)${notMasked}([^&#\\s"'<>]+)`, 'gi')
const userinfo = new RegExp(`(//)${notMasked}([^/?#\\s@"'<>]+)(?=@)`, 'g')
const jwt = /eyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?/g
const mostMasked = 1 << 10
const longestMasked = 1 << 8

/** Opens a masker; what it learns is added to the secrets. */
export function openMasker(secrets: KnownSecrets = openKnownSecrets()): Masker {
  // Names and values of header fields repeat.
  const masked = new Map<string, string>()
  let size = 0
  return {
    addSecret: (value) => secrets.add(value),
    conceal: (value) => secrets.conceal(value),
    mask(text) {
      if (secrets.size !== size || masked.size === mostMasked) masked.clear()
      size = secrets.size
      const known = masked.get(text)
      if (known !== undefined) return known
      const it = secrets
        .hide(text)
        .replace(jwt, mask)
        .replace(userinfo, (_all, slashes: string, user: string) => slashes + mask(user))
        .replace(queryParameter, (_all, name: string, value: string) => name + mask(value))
      if (text.length <= longestMasked) masked.set(text, it)
      return it
    },
  }
}

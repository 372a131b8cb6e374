/** What authorizes a token request, beyond an assertion that is worth nothing elsewhere. */
export type ClientCredential = 'client-secret' | 'basic' | 'assertion' | 'form-fields' | 'header-fields'

/** Why bulkcheck did not send a request, as data; `report/stop-text.ts` says which option allows it. */
export type PolicyStop =
  | { readonly kind: 'no-url' | 'downgrade' }
  | { readonly kind: 'scheme'; readonly scheme: string }
  | { readonly kind: 'too-long'; readonly characters: number; readonly most: number }
  /** The address that the host has is private, and that of the FHIR base is not. */
  | { readonly kind: 'private-address'; readonly origin: string }
  /** `why`: the URL needs the access token, or names the manifest to be believed. */
  | { readonly kind: 'token-origin'; readonly origin: string; readonly why: 'token' | 'manifest' }
  | { readonly kind: 'token-endpoint'; readonly origin: string; readonly credential: ClientCredential }
  /** Something there would change. */
  | { readonly kind: 'changes'; readonly origin: string; readonly method: string }
  | { readonly kind: 'too-many-origins'; readonly origin: string; readonly most: number }
  /** The server asked for a pause that is longer than the time that is left. */
  | { readonly kind: 'pause'; readonly seconds: number; readonly left: number }
  /** A credential could not be renewed, for a reason in our own words. */
  | { readonly kind: 'withheld'; readonly problem: string }

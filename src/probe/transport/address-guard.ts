import type { LookupAddress } from 'node:dns'
import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { originOf } from '../../model/http/url.ts'
import type { Target } from '../../model/target.ts'
import { isPrivateAddress, isPrivateHost } from './private-address.ts'

/** Admits the addresses to which connections are made: none that is private, if the FHIR base has a public one. */
export interface AddressGuard {
  /** The addresses of a host that a connection may have; rejects with the code ERR_PRIVATE_ADDRESS if there is none. */
  admit(url: URL): Promise<readonly LookupAddress[]>
  /** Whether a proxy may be asked to connect to a host; it resolves the name, so only the name itself is judged. */
  admitsByName(url: URL): boolean
}

/** Resolves a host name. */
type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>

const resolveBySystem: Resolve = (hostname) => lookup(hostname, { all: true })

/**
 * A guard for a target. The first addresses of its FHIR base decide for the whole run, so that a name that leads elsewhere later
 * changes nothing. Origins that the configuration names may be private.
 */
export function openAddressGuard(target: Target, resolve: Resolve = resolveBySystem): AddressGuard {
  const base = new URL(target.fhirUrl)
  const named = new Set(namedUrls(target).map(originOf))
  const addressesOf = async ({ hostname }: URL): Promise<readonly LookupAddress[]> => {
    const host = hostname.replace(/^\[|\]$/g, '')
    const family = isIP(host)
    return family === 0 ? resolve(host) : [{ address: host, family }]
  }
  let known: Promise<boolean> | undefined
  const isBasePrivate = (): Promise<boolean> => {
    known ??= addressesOf(base).then((all) => all.every((it) => isPrivateAddress(it.address)))
    return known.catch(() => {
      known = undefined
      // Without an address the base may be public.
      return false
    })
  }
  return {
    async admit(url) {
      const mayBePrivate = (await isBasePrivate()) || named.has(url.origin)
      const addresses = await addressesOf(url)
      const admitted = mayBePrivate ? addresses : addresses.filter((it) => !isPrivateAddress(it.address))
      if (admitted.length > 0 || addresses.length === 0) return admitted
      throw privateAddressError()
    },
    admitsByName: (url) =>
      isPrivateHost(base.hostname) || named.has(url.origin) || !isPrivateHost(url.hostname),
  }
}

function namedUrls({
  tokenOrigins,
  allowedOrigins = [],
  authorization,
  otherClient,
}: Target): readonly string[] {
  const endpoints = [authorization, otherClient].flatMap((it) =>
    it && 'tokenUrl' in it ? (it.tokenUrl ?? []) : [],
  )
  return [...tokenOrigins, ...allowedOrigins, ...endpoints]
}

/** The error of a connection that would lead to a private address. */
export function privateAddressError(): Error {
  return Object.assign(new Error('a private address'), { code: 'ERR_PRIVATE_ADDRESS' })
}

import { createWriteStream } from 'node:fs'
import { type IncomingMessage, get } from 'node:http'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'

// Requests an export and downloads its files one after the other: `node download.js URL [FOLDER]`

const [url = '', folder] = process.argv.slice(2)

async function asked(url: string, headers: Readonly<Record<string, string>> = {}): Promise<IncomingMessage> {
  return await new Promise((resolve, reject) => {
    get(url, { headers }, resolve).on('error', reject)
  })
}

async function text(response: IncomingMessage): Promise<string> {
  let all = ''
  for await (const chunk of response.setEncoding('utf8')) all += String(chunk)
  return all
}

const kickoff = await asked(`${url}/$export`, { Accept: 'application/fhir+json', Prefer: 'respond-async' })
await text(kickoff)
const manifest = JSON.parse(await text(await asked(kickoff.headers['content-location'] ?? ''))) as {
  readonly output: readonly { readonly url: string }[]
}
for (const file of manifest.output) {
  const response = await asked(file.url)
  if (folder === undefined) for await (const _ of response);
  else await pipeline(response, createWriteStream(join(folder, file.url.split('/').at(-1) ?? '')))
}

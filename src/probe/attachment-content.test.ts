import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { attachmentContent } from './attachment-content.ts'
import { openSpoolStore } from './transport/spool-store.ts'

const note = Buffer.from('a note')
const sha1 = createHash('sha1').update(note).digest('base64')

async function contentOf(body: string | Buffer, type: string) {
  const store = openSpoolStore()
  const spool = store.create()
  spool.write(Buffer.from(body))
  spool.end()
  const content = await attachmentContent({ headers: [['Content-Type', type]], spool })
  store.close()
  return content
}

test('the content of an attachment is the body, or what a Binary resource contains', async () => {
  expect(await contentOf(note, 'text/plain; charset=utf-8')).toEqual({
    bytes: 6,
    sha1,
    mediaType: 'text/plain',
  })
  const binary = { resourceType: 'Binary', contentType: 'application/pdf', data: note.toString('base64') }
  expect(await contentOf(JSON.stringify(binary), 'application/fhir+json')).toEqual({
    ...{ bytes: 6, sha1, mediaType: 'application/pdf' },
  })
  expect(await contentOf('{"a":1}', 'application/json')).toMatchObject({
    bytes: 7,
    mediaType: 'application/json',
  })
  expect(await contentOf('{', 'application/json')).toMatchObject({ bytes: 1 })
  expect(await attachmentContent({})).toBeUndefined()
})

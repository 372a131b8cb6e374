import { defineConfig } from 'bulkcheck'

// What it takes to test `bulkcheck serve`: copy it, and say what your server offers instead.
export default defineConfig({
  target: {
    name: 'Reference provider',
    fhirUrl: 'http://127.0.0.1:4000/fhir',
    ig: '2.0.0',
    // The token endpoint is discovered. These keys are published on purpose; yours are not to be.
    authorization: {
      clientId: 'bulkcheck',
      scope: 'system/*.rs',
      key: 'fixtures/keys/bulkcheck.test-only.private.json',
    },
    otherClient: {
      clientId: 'bulkcheck-other',
      scope: 'system/Patient.rs',
      key: 'fixtures/keys/bulkcheck-other.test-only.private.json',
    },
    levels: ['system', 'patient', 'group'],
    groupId: 'diabetes',
    supports: [
      '_type',
      '_since',
      '_typeFilter',
      '_elements',
      'patient',
      'includeAssociatedData',
      'POST',
      'narrow-scopes',
      'group-read',
      'burst-polling',
      'failing-job',
    ],
    // A server in the next room: nothing has to be waited for, and its tokens live for ten seconds.
    limits: { pollFloor: 0, tokenWait: '20s', tokenGrace: '1s', deletionGrace: '2s' },
  },
  output: 'reports/out',
})

import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { generate } from 'selfsigned'

export type Certificate = { key: string; cert: string; file: string }

/** Makes a key and a certificate for 127.0.0.1 and leaves the certificate in the folder, for NODE_EXTRA_CA_CERTS. */
export async function createCertificate(folder: string): Promise<Certificate> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'Breach Reset benchmark' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
    ],
  })
  const file = path.join(folder, 'certificate.pem')
  await writeFile(file, cert)
  return { key, cert, file }
}

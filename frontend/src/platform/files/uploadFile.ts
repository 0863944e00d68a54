export type UploadAnswer = { ok: true; fileId: string } | { ok: false; code: string; message?: string };

/** Hands a file to the server; the answer's id is what a mutation refers to. */
export async function uploadFile(file: File): Promise<UploadAnswer> {
  try {
    const response = await fetch('/files', {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'content-type': 'application/octet-stream', 'x-file-name': encodeURIComponent(file.name) },
      body: file,
    });
    const answer = (await response.json().catch(() => ({}))) as { fileId?: string; code?: string; message?: string };
    if (response.ok && answer.fileId) return { ok: true, fileId: answer.fileId };
    return { ok: false, code: answer.code ?? `http_${response.status}`, message: answer.message };
  } catch {
    return { ok: false, code: 'unreachable' };
  }
}

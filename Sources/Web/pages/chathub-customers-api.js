// Customers over HTTP (Protocol/admin.md) with the supervisor's token. Used by
// chathub-customers.js.

/** Counting a million takes a few seconds; what takes longer will not come. */
const ANSWER_MILLISECONDS = 30_000;

/** What the hub answered instead: its status and its words. */
export class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
  }
}

export class CustomersApi {
  #base;
  #token;

  constructor({ site, token }) {
    this.#base = `/v1/sites/${encodeURIComponent(site)}`;
    this.#token = token;
  }

  async agents() { return (await this.#ask('GET', '/agents')).agents; }
  find(query) { return this.#ask('POST', '/customers/find', query); }
  read(id) { return this.#ask('GET', `/customers/${encodeURIComponent(id)}`); }
  change(id, change) { return this.#ask('PATCH', `/customers/${encodeURIComponent(id)}`, change); }
  assign(request) { return this.#ask('POST', '/customers/assign', request); }

  /**
   * Sends a file; `onProgress(share)` with 0...1. Answers the report, with every bad row that the
   * hub tells of.
   */
  load(file, { isDryRun, onProgress }) {
    const type = /\.(jsonl|ndjson)$/i.test(file.name) ? 'application/x-ndjson' : 'text/csv';
    const query = `bad_rows=10000${isDryRun ? '&dry_run=1' : ''}`;
    return new Promise((resolve, reject) => {
      // Only this tells how much of a body is on its way.
      const request = new XMLHttpRequest();
      request.open('POST', `${this.#base}/customers?${query}`);
      request.setRequestHeader('Authorization', `Bearer ${this.#token}`);
      request.setRequestHeader('Content-Type', type);
      request.upload.onprogress = ({ loaded, total }) => onProgress(total ? loaded / total : 1);
      request.onload = () => {
        try {
          resolve(taken(request.status, request.responseText));
        } catch (error) {
          reject(error);
        }
      };
      request.onerror = () => reject(new ApiError(0, ''));
      request.send(file);
    });
  }

  async #ask(method, path, body) {
    let answer;
    let text;
    try {
      answer = await fetch(this.#base + path, {
        method,
        headers: {
          Authorization: `Bearer ${this.#token}`,
          ...(body && { 'Content-Type': 'application/json' }),
        },
        body: body && JSON.stringify(body),
        signal: AbortSignal.timeout(ANSWER_MILLISECONDS),
      });
      text = await answer.text();
    } catch {
      throw new ApiError(0, '');
    }
    return taken(answer.status, text);
  }
}

function taken(status, text) {
  let body = null;
  try {
    body = JSON.parse(text);
  } catch {
    // A proxy's page, say: its status is all there is to tell.
  }
  if (!body || status < 200 || status > 299) throw new ApiError(status, body?.error ?? '');
  return body;
}

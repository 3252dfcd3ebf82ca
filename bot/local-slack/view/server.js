/** Everything goes through /slack/local/, so the page also works behind the console's address. */
const BASE = '/slack/local/';

async function read(response) {
  const json = await response.json().catch(() => ({ ok: false, error: `status ${response.status}` }));
  return json;
}

/** Reads from the workspace. */
export async function get(path) {
  return read(await fetch(BASE + path, { headers: { accept: 'application/json' } }));
}

/** Does something as the chosen person; a broken connection reads as an error. */
export async function post(path, body) {
  try {
    return await read(
      await fetch(BASE + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    );
  } catch {
    return { ok: false, error: 'unreachable', text: 'The local workspace does not answer.' };
  }
}

/** Sends a file to the workspace; a message then shows it. */
export async function upload(user, file) {
  try {
    const query = new URLSearchParams({ user, name: file.name });
    return await read(
      await fetch(`${BASE}files?${query}`, {
        method: 'POST',
        headers: { 'content-type': 'application/octet-stream' },
        body: file,
      }),
    );
  } catch {
    return { ok: false, error: 'unreachable', text: 'The local workspace does not answer.' };
  }
}

/** Calls back on every change in the workspace, and after each reconnect. */
export function follow(changed, reconnected) {
  const source = new EventSource(`${BASE}stream`);
  let wasOpen = false;
  source.addEventListener('open', () => {
    if (wasOpen) reconnected();
    wasOpen = true;
  });
  source.addEventListener('message', (event) => changed(JSON.parse(event.data)));
}

/** The address of an uploaded file. */
export const fileAddress = (id) => `${BASE}files/${encodeURIComponent(id)}`;

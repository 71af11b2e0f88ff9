// Passkeys in the page: a form with `data-passkey` asks its challenge, gives it to the browser, puts the browser's answer
// into the form and sends it like any other. Without this script, or without passkeys, the form stays hidden.

const plain = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));

/** What the server asks, with its base64url made bytes. */
function asked(options) {
  const named = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));
  const { publicKey } = options;
  publicKey.challenge = bytes(publicKey.challenge);
  if (publicKey.user) publicKey.user.id = bytes(publicKey.user.id);
  if (publicKey.excludeCredentials) publicKey.excludeCredentials = named(publicKey.excludeCredentials);
  if (publicKey.allowCredentials) publicKey.allowCredentials = named(publicKey.allowCredentials);
  return { publicKey };
}

/** What the browser answers, as JSON with base64url. */
function answer(credential) {
  const { response } = credential;
  const said = { clientDataJSON: plain(response.clientDataJSON) };
  if (response.attestationObject) {
    said.attestationObject = plain(response.attestationObject);
    said.transports = response.getTransports?.() ?? [];
  } else {
    said.authenticatorData = plain(response.authenticatorData);
    said.signature = plain(response.signature);
    said.userHandle = response.userHandle ? plain(response.userHandle) : null;
  }
  return JSON.stringify({
    id: credential.id,
    rawId: plain(credential.rawId),
    type: credential.type,
    response: said,
    extensions: {},
  });
}

async function fill(form) {
  const body = new URLSearchParams(new FormData(form));
  const reply = await fetch(form.dataset.challenge, { method: "POST", body, redirect: "error" });
  if (!reply.ok) throw new Error(String(reply.status));
  const options = asked(await reply.json());
  const kind = form.dataset.passkey;
  form.elements["tra-loi"].value = answer(await navigator.credentials[kind](options));
}

if (self.PublicKeyCredential) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const failed = form.querySelector("[data-failed]");
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const button = form.querySelector("button");
      button.disabled = true;
      failed.hidden = true;
      fill(form)
        .then(() => form.submit())
        .catch(() => {
          button.disabled = false;
          failed.hidden = false;
        });
    });
  }
}

// What was held while somebody tapped their passkey is sent on by itself.
document.querySelector("form[data-go-on]")?.submit();

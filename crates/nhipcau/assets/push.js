// Notices of this browser, offered only where it can give them. It asks its user itself; then the form that is there is sent,
// with where the browser is reached.
(() => {
  const button = document.querySelector("[data-push]"), worker = navigator.serviceWorker;
  if (!button || !worker || !self.PushManager || !self.Notification) return;
  const form = button.form, says = form.querySelector("[data-push-says]");
  form.hidden = button.hidden = false;

  /** Reached under our key: under another one the browser begins anew. */
  async function reached() {
    const { pushManager } = await worker.ready;
    const options = { userVisibleOnly: true, applicationServerKey: button.dataset.push };
    try {
      return await pushManager.subscribe(options);
    } catch (error) {
      const old = await pushManager.getSubscription();
      if (!old) throw error;
      await old.unsubscribe();
      return pushManager.subscribe(options);
    }
  }

  button.onclick = async (event) => {
    event.preventDefault();
    says.textContent = "";
    try {
      if ((await Notification.requestPermission()) !== "granted") throw new Error("refused");
      const { endpoint, keys } = (await reached()).toJSON();
      for (const [name, value] of Object.entries({ endpoint, ...keys })) {
        const input = form.elements[name] ?? form.appendChild(Object.assign(document.createElement("input"), { type: "hidden", name }));
        input.value = value;
      }
      form.action = button.formAction;
      form.submit();
    } catch {
      says.textContent = button.dataset.refused;
    }
  };
})();

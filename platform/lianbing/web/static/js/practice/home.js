// The practice home's word on practising without a network; a visit brings the device up to date.

const card = document.querySelector("[data-offline]");

function tell(name, values) {
  card.querySelectorAll("[data-told]").forEach((text) => {
    text.hidden = text.dataset.told !== name;
  });
  const shown = card.querySelector('[data-told="' + name + '"] [data-count]');
  if (shown && values) shown.textContent = String(values.n);
}

async function bring() {
  if (!(window.isSecureContext && navigator.serviceWorker && window.caches && window.indexedDB)) {
    tell("insecure");
    return;
  }
  try {
    const { sync } = await import("./sync.js");
    const sent = await sync(card.dataset.build);
    card.dataset.ready = "true";
    tell(sent ? "sent" : "ready", { n: sent });
    card.querySelector("[data-open]").hidden = false;
  } catch (error) {
    tell("failed");
  }
}

// After the page itself: nothing here may make its first questions wait.
if (card) window.setTimeout(bring, 1500);

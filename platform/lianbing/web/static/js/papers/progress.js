// A task under way: its progress is asked for every second, and the page is loaded anew at its end.

const EVERY_MS = 1000;
const place = document.querySelector("[data-progress]");

function ask() {
  fetch(place.dataset.progress, { headers: { Accept: "application/json" } })
    .then(function (response) {
      if (!response.ok) throw new Error("status " + response.status);
      return response.json();
    })
    .then(function (state) {
      if (!state.under_way) {
        window.location.reload();
        return;
      }
      place.querySelector("progress").value = state.progress;
      if (state.words) place.querySelector(".progress-text span").textContent = state.words;
      place.querySelector(".figure").textContent = state.progress + " %";
      window.setTimeout(ask, EVERY_MS);
    })
    .catch(function () {
      // Away from the server: ask again, more slowly.
      window.setTimeout(ask, EVERY_MS * 5);
    });
}

if (place) window.setTimeout(ask, EVERY_MS);

// A phone's picture is larger than a ticket takes: it is made smaller here, before it is sent.

const MOST_BYTES = 290 * 1024;
const LONGER_SIDE = 1000;

function smaller(picture, quality) {
  const scale = Math.min(1, LONGER_SIDE / Math.max(picture.naturalWidth, picture.naturalHeight));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.naturalWidth * scale);
  canvas.height = Math.round(picture.naturalHeight * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise(function (resolve) {
    canvas.toBlob(resolve, "image/jpeg", quality);
  });
}

function opened(file) {
  // As a data address: the page's policy lets no blob: be shown.
  return new Promise(function (resolve, reject) {
    const reader = new FileReader();
    const picture = new Image();
    reader.onload = function () { picture.src = reader.result; };
    reader.onerror = reject;
    picture.onload = function () { resolve(picture); };
    picture.onerror = reject;
    reader.readAsDataURL(file);
  });
}

async function shrink(input) {
  const file = input.files[0];
  if (!file || file.size <= MOST_BYTES) {
    return;
  }
  const picture = await opened(file);
  for (const quality of [0.85, 0.7, 0.5]) {
    const made = await smaller(picture, quality);
    if (made && made.size <= MOST_BYTES) {
      const kept = new DataTransfer();
      kept.items.add(new File([made], "photo.jpg", { type: "image/jpeg" }));
      input.files = kept.files;
      break;
    }
  }
}

document.querySelectorAll("input[type=file][name=photo]").forEach(function (input) {
  input.addEventListener("change", function () {
    // What cannot be made smaller is sent as it is, and the server says what is wrong with it.
    shrink(input).catch(function () {});
  });
});

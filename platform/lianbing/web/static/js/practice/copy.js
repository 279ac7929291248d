// Copies the text of a field; without a secure context the field is selected instead.
document.querySelectorAll("[data-copy-from]").forEach(function (button) {
  const field = document.getElementById(button.dataset.copyFrom);
  button.hidden = false;
  button.addEventListener("click", async function () {
    field.focus();
    field.select();
    try {
      if (navigator.clipboard) await navigator.clipboard.writeText(field.value);
      else if (!document.execCommand("copy")) return;
      button.textContent = button.dataset.done;
    } catch (error) {
      // The text stays selected: the person can copy it by hand.
    }
  });
});

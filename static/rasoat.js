/* Small comforts. Every page works without this file. */
(function () {
  "use strict";

  // Someone who listens to the page hears first what went wrong.
  function focusErrors() {
    var summary = document.querySelector(".error-summary");
    if (summary) {
      summary.focus();
    }
  }

  // Demo: write a demo account into the sign-in form.
  function fillIn(button) {
    var form = document.getElementById(button.dataset.fillForm);
    ["username", "password"].forEach(function (name) {
      var input = form && form.elements.namedItem(name);
      if (input && button.dataset[name]) {
        input.value = button.dataset[name];
      }
    });
    var next = form && form.querySelector("[type=submit]");
    if (next) {
      next.focus();
    }
  }

  // A second click on a slow line must not send the deed twice. The server holds the line with its key;
  // this only spares the person a confusing answer. The button stays enabled: its name and value are sent.
  function sendOnce(event) {
    var form = event.target;
    if (form.method !== "post" || form.hasAttribute("hx-post")) {
      return;
    }
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    form.setAttribute("aria-busy", "true");
  }

  function showTrouble() {
    var trouble = document.getElementById("trouble");
    if (trouble) {
      trouble.hidden = false;
    }
  }

  document.addEventListener("DOMContentLoaded", focusErrors);
  document.addEventListener("submit", sendOnce);
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-fill-form], [data-print]");
    if (!button) {
      return;
    }
    if (button.hasAttribute("data-print")) {
      window.print();
    } else {
      fillIn(button);
    }
  });
  // Back in the browser shows the page as it was left: the form may be sent again.
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) {
      delete form.dataset.sent;
      form.removeAttribute("aria-busy");
    });
  });
  document.addEventListener("htmx:sendError", showTrouble);
  document.addEventListener("htmx:responseError", showTrouble);
})();

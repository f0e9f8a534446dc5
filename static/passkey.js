/* Asks the device for a passkey: its lock, or a key that is plugged in. The way of codes works without this file. */
(function () {
  "use strict";

  function bytes(text) {
    var base64 = text.replace(/-/g, "+").replace(/_/g, "/");
    return Uint8Array.from(atob(base64), function (each) {
      return each.charCodeAt(0);
    });
  }

  function text(buffer) {
    var letters = Array.from(new Uint8Array(buffer), function (each) {
      return String.fromCharCode(each);
    });
    return btoa(letters.join("")).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  function readable(options) {
    options.challenge = bytes(options.challenge);
    if (options.user) {
      options.user.id = bytes(options.user.id);
    }
    (options.allowCredentials || []).concat(options.excludeCredentials || []).forEach(function (each) {
      each.id = bytes(each.id);
    });
    return options;
  }

  function sendable(credential) {
    var response = {};
    ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"].forEach(
      function (name) {
        if (credential.response[name]) {
          response[name] = text(credential.response[name]);
        }
      }
    );
    return {
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      response: response,
      clientExtensionResults: credential.getClientExtensionResults(),
      authenticatorAttachment: credential.authenticatorAttachment || null,
    };
  }

  async function ask(form) {
    var options = readable(JSON.parse(form.dataset.passkeyOptions).publicKey);
    var how = form.dataset.passkey; // "create" or "get"
    var credential = await navigator.credentials[how]({ publicKey: options });
    form.elements.namedItem("credential").value = JSON.stringify(sendable(credential));
    form.submit();
  }

  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll("form[data-passkey]").forEach(function (form) {
      if (!window.PublicKeyCredential) {
        return;
      }
      form.hidden = false;
      form.addEventListener("submit", function (event) {
        event.preventDefault();
        event.stopPropagation(); // the way of rasoat.js, which marks a form as sent
        ask(form).catch(function () {
          document.getElementById("passkey-trouble").hidden = false;
        });
      });
    });
  });
})();

/* Adds up the points of B2 while boxes are ticked. The server counts them again; nothing needs this file. */
(function () {
  "use strict";

  function addUp(sum) {
    var boxes = document.querySelectorAll("[data-points-box]:checked");
    sum.textContent = String(boxes.length * Number(sum.dataset.points));
  }

  document.addEventListener("DOMContentLoaded", function () {
    var sum = document.getElementById("b2-sum");
    if (!sum) {
      return;
    }
    addUp(sum);
    document.addEventListener("change", function (event) {
      if (event.target.matches("[data-points-box]")) {
        addUp(sum);
      }
    });
  });
  // Back in the browser shows the boxes as they were left.
  window.addEventListener("pageshow", function () {
    var sum = document.getElementById("b2-sum");
    if (sum) {
      addUp(sum);
    }
  });
})();

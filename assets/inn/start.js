// The page is seen before the room is worked out: three.js alone takes a while to be read.
requestAnimationFrame(() => setTimeout(() => import("./inn.js")));

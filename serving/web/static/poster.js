// A title's poster: its artwork, or one drawn from its name and genre, always the same for the same title.

import { element, spoken } from "./dom.js";

const HUES = {
  action: 12, adventure: 32, animation: 48, children: 54, comedy: 42, crime: 355, documentary: 170,
  drama: 258, fantasy: 286, "film-noir": 222, horror: 350, musical: 318, mystery: 236, romance: 334,
  "sci-fi": 200, thriller: 212, war: 84, western: 24, family: 58, "science fiction": 200, history: 36,
};

function hash(text) {
  let value = 2166136261;
  for (const letter of text) value = Math.imul(value ^ letter.codePointAt(0), 16777619);
  return value >>> 0;
}

const hueOf = (genre) => HUES[genre.toLowerCase()] ?? hash(genre) % 360;

export function poster(item) {
  const frame = element("span", { className: "poster" });
  if (item.artwork) {
    const image = element("img", { src: item.artwork, alt: "", loading: "lazy", decoding: "async" });
    image.addEventListener("error", () => frame.replaceChildren(drawn(item)));
    frame.append(image);
  } else frame.append(drawn(item));
  return frame;
}

function drawn(item) {
  const seed = hash(item.contentId + item.name);
  const genre = item.genres[0] ?? item.type;
  const name = spoken(item.name);
  const face = element("span", { className: `drawn motif-${seed % 5}` });
  face.style.setProperty("--hue", hueOf(genre) + (seed % 23) - 11);
  face.style.setProperty("--second", hueOf(item.genres[1] ?? genre) + 40);
  face.style.setProperty("--tilt", `${(seed >> 5) % 360}deg`);
  face.style.setProperty("--x", `${15 + ((seed >> 9) % 70)}%`);
  face.style.setProperty("--y", `${10 + ((seed >> 13) % 55)}%`);
  const size = name.length < 12 ? "large" : name.length < 26 ? "medium" : "small";
  face.append(
    element("span", { className: "drawn-genre", textContent: genre }),
    element("span", { className: `drawn-name ${size}`, textContent: name }),
    element("span", { className: "drawn-year", textContent: item.year ?? "" }),
  );
  return face;
}

//! A picture with its title, its axes and a legend of the colours.

use kernels::mandel::View;

use super::canvas::{Anchor, Canvas, Type};
use super::colours::{INSIDE, Scale, gradient};
use super::report;
use super::ticks::{self, Tick};

/// Pictures whose sides are all shorter are magnified: on one of few pixels
/// there would be no room for an axis.
const SHORT: usize = 240;

/// Draws the counts of `view`, which may have a name.
pub fn draw(view: &View, name: Option<&str>, counts: &[u32]) -> Canvas {
    let scale = Scale::of(counts, view.max_iter);
    let title = format!("Mandelbrot set: {}", report::what(view, name));
    let layout = Layout::new(view, scale);
    let mut canvas = layout.canvas(&title);
    canvas.text(&title, layout.margin, layout.margin, Anchor::Start);
    layout.picture(&mut canvas, view, scale, counts);
    layout.real_axis(&mut canvas);
    layout.imaginary_axis(&mut canvas);
    layout.legend(&mut canvas, view, scale);
    canvas
}

/// Where everything stands, in pixels of the canvas.
struct Layout {
    size: Type,
    /// Half a line: around everything, and the length of a tick.
    margin: usize,
    /// Pixels of the canvas for one of the picture, each way.
    zoom: usize,
    left: usize,
    top: usize,
    width: usize,
    height: usize,
    re: Vec<Mark>,
    im: Vec<Mark>,
    counts: Vec<Mark>,
    /// The room that the legend's numbers take.
    numbers: usize,
}

/// How far along an axis a tick stands, in pixels, and its label.
struct Mark {
    place: usize,
    label: String,
}

impl Layout {
    fn new(view: &View, scale: Option<Scale>) -> Self {
        let zoom = (SHORT / view.width.max(view.height)).max(1);
        let (width, height) = (view.width * zoom, view.height * zoom);
        let size =
            Type::of_height(((width as f64 * height as f64).sqrt() / 48.0) as usize);
        let line = size.height();
        let margin = line / 2;

        let im = imaginary_marks(view, height, line);
        let re = real_marks(view, width, size);
        let counts = scale.map_or(vec![], |scale| {
            count_marks(scale, height.saturating_sub(2 * line), line)
        });
        let numbers = widest(&counts, size).max(size.width(&view.max_iter.to_string()));
        let numbers = numbers.max(size.width("count"));
        let left = 3 * margin + widest(&im, size).max(size.width("im"));
        let top = 3 * margin + 2 * line;
        Self { size, margin, zoom, left, top, width, height, re, im, counts, numbers }
    }

    /// A white canvas with room for everything.
    fn canvas(&self, title: &str) -> Canvas {
        let legend = 4 * self.margin + self.size.height() + self.numbers;
        let right = self.left + self.width + legend;
        let below = 3 * self.margin + 2 * self.size.height();
        Canvas::new(
            right.max(self.margin + self.size.width(title)) + self.margin,
            self.top + self.height + below,
            self.size,
        )
    }

    fn picture(
        &self,
        canvas: &mut Canvas,
        view: &View,
        scale: Option<Scale>,
        counts: &[u32],
    ) {
        let frame = self.size.line();
        let (outer_width, outer_height) =
            (self.width + 2 * frame, self.height + 2 * frame);
        canvas.ink(self.left - frame, self.top - frame, outer_width, outer_height);
        for (pixel, &count) in counts.iter().enumerate() {
            let colour = match scale {
                Some(scale) if count < view.max_iter => scale.colour(count),
                _ => INSIDE,
            };
            let (x, y) = (pixel % view.width * self.zoom, pixel / view.width * self.zoom);
            canvas.fill(self.left + x, self.top + y, self.zoom, self.zoom, colour);
        }
    }

    fn real_axis(&self, canvas: &mut Canvas) {
        let (line, margin, thin) = (self.size.height(), self.margin, self.size.line());
        let axis = self.top + self.height;
        for Mark { place, label } in &self.re {
            canvas.ink(self.left + place - thin / 2, axis, thin, margin);
            let top = axis + 3 * margin / 2;
            canvas.text(label, self.left + place, top, Anchor::Middle);
        }
        let below = axis + 2 * margin + line;
        canvas.text("re", self.left + self.width / 2, below, Anchor::Middle);
    }

    fn imaginary_axis(&self, canvas: &mut Canvas) {
        let (line, margin, thin) = (self.size.height(), self.margin, self.size.line());
        let label_end = self.left - 3 * margin / 2;
        for Mark { place, label } in &self.im {
            let y = self.top + self.height - place;
            canvas.ink(self.left - margin, y - thin / 2, margin, thin);
            canvas.text(label, label_end, y - line / 2, Anchor::End);
        }
        canvas.text("im", label_end, self.top - margin - line, Anchor::End);
    }

    /// A bar of the colours, under a box in the colour of the set.
    fn legend(&self, canvas: &mut Canvas, view: &View, scale: Option<Scale>) {
        let (line, margin, thin) = (self.size.height(), self.margin, self.size.line());
        let left = self.left + self.width + 3 * margin;
        let numbers = left + line + margin;
        canvas.text("count", left, self.top - margin - line, Anchor::Start);
        canvas.fill(left, self.top, line, line, INSIDE);
        canvas.text(&view.max_iter.to_string(), numbers, self.top, Anchor::Start);
        if scale.is_none() {
            return;
        }

        let (top, height) = (self.top + 2 * line, self.height.saturating_sub(2 * line));
        let bottom = top + height;
        for y in 0..height {
            let place = (y as f64 + 0.5) / height as f64;
            canvas.fill(left, bottom - 1 - y, line, 1, gradient(place));
        }
        for Mark { place, label } in &self.counts {
            let y = bottom - place;
            canvas.ink(left + line, y - thin / 2, margin / 2, thin);
            canvas.text(label, numbers, y - line / 2, Anchor::Start);
        }
    }
}

/// The real axis' marks: as many as there is room for labels, at most nine.
fn real_marks(view: &View, width: usize, size: Type) -> Vec<Mark> {
    let (min, max) = (view.re_min, view.re_max);
    let choices = (1..=9).rev().map(|most| {
        marks(ticks::linear(min, max, most), width, |re| (re - min) / (max - min))
    });
    let fits = |marks: &Vec<Mark>| {
        marks.len() * (widest(marks, size) + size.width("00")) <= width
    };
    choices.into_iter().find(|marks| marks.len() == 1 || fits(marks)).unwrap_or_default()
}

/// The imaginary axis' marks: at most nine, four lines apart.
fn imaginary_marks(view: &View, height: usize, line: usize) -> Vec<Mark> {
    let (min, max) = (view.im_min, view.im_max);
    let most = (height / (4 * line)).clamp(1, 9);
    marks(ticks::linear(min, max, most), height, |im| (im - min) / (max - min))
}

/// The legend's marks: round counts, and the least one where it has room.
fn count_marks(scale: Scale, height: usize, line: usize) -> Vec<Mark> {
    let round = ticks::logarithmic(scale.least, scale.most, height / (2 * line));
    let mut marks = marks(round, height, |count| scale.place(count));
    if height > line && marks.first().is_none_or(|first| first.place > line) {
        let place = (scale.place(f64::from(scale.least)) * height as f64) as usize;
        marks.insert(0, Mark { place, label: scale.least.to_string() });
    }
    marks
}

/// `ticks` along so many pixels; `share` says which part of the way each is.
fn marks(ticks: Vec<Tick>, length: usize, share: impl Fn(f64) -> f64) -> Vec<Mark> {
    let place = |value| (share(value) * length as f64).round() as usize;
    ticks
        .into_iter()
        .map(|tick| Mark { place: place(tick.value), label: tick.label })
        .collect()
}

fn widest(marks: &[Mark], size: Type) -> usize {
    marks.iter().map(|mark| size.width(&mark.label)).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use kernels::mandel::{SIGHTS, count_rows};

    use super::*;

    fn view(width: usize, height: usize) -> View {
        SIGHTS[0].view(width, height, 100)
    }

    fn counts(view: &View) -> Vec<u32> {
        let mut counts = vec![0; view.width * view.height];
        count_rows(view, 0..view.height, &mut counts);
        counts
    }

    #[test]
    fn each_pixel_has_the_colour_of_its_count() {
        for (width, height, zoom) in
            [(31, 23, 7), (300, 200, 1), (241, 3, 1), (1, 1, 240)]
        {
            let view = view(width, height);
            let counts = counts(&view);
            let scale = Scale::of(&counts, view.max_iter);
            let (canvas, layout) =
                (draw(&view, None, &counts), Layout::new(&view, scale));
            assert_eq!(layout.zoom, zoom, "{width} x {height}");
            for (pixel, &count) in counts.iter().enumerate() {
                let (x, y) = (pixel % width, pixel / width);
                let expected = match scale {
                    Some(scale) if count < view.max_iter => scale.colour(count),
                    _ => INSIDE,
                };
                for corner in [0, zoom - 1] {
                    let (x, y) =
                        (layout.left + x * zoom + corner, layout.top + y * zoom + corner);
                    assert_eq!(
                        canvas.colour(x, y),
                        expected,
                        "{x}, {y} of {width} x {height}"
                    );
                }
            }
        }
    }

    #[test]
    fn marks_stand_where_their_values_are() {
        let view = view(300, 250);
        let places = |marks: Vec<Mark>| -> Vec<(usize, String)> {
            marks.into_iter().map(|mark| (mark.place, mark.label)).collect()
        };
        let marked = |marks: &[(usize, &str)]| -> Vec<(usize, String)> {
            marks.iter().map(|&(place, label)| (place, label.to_owned())).collect()
        };
        let small = Type::of_height(10);
        let re = places(real_marks(&view, 120, small));
        assert_eq!(re, marked(&[(10, "-2"), (50, "-1"), (90, "0")]));
        let im = places(imaginary_marks(&view, 250, small.height()));
        assert_eq!(
            im,
            marked(&[
                (25, "-1.0"),
                (75, "-0.5"),
                (125, "0.0"),
                (175, "0.5"),
                (225, "1.0")
            ])
        );
    }

    #[test]
    fn any_view_of_any_size_can_be_drawn() {
        for (re, im) in [
            ([-1e300, 1e300], [1e9, 1.000_000_1e9]),
            ([-0.5, -0.499_999_999_999_999_9], [0.0, 1e-320]),
            ([8e307, 8.1e307], [-1e-5, 1e-5]),
        ] {
            for (width, height) in [(1, 1), (1, 700), (700, 1), (500, 300)] {
                let ([re_min, re_max], [im_min, im_max]) = (re, im);
                let view = SIGHTS[0].view(width, height, 9);
                let view = View { re_min, re_max, im_min, im_max, ..view };
                let canvas = draw(&view, Some("a name"), &counts(&view));
                let mut file = vec![];
                canvas.write_png(&mut file).unwrap();
                assert_eq!(&file[1..4], b"PNG", "{view:?}");
            }
        }
    }
}

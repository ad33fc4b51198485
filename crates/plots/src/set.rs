//! The picture of the Mandelbrot set with its axes and its colours, from the
//! counts that a run left.

use std::path::Path;

use harness::mandel::{Colour, INSIDE, Scale, gradient, read_counts};
use harness::{Error, program};
use kernels::mandel::{Sight, View};
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::canvas::write_png;
use crate::data::{self, Row};
use crate::pen::{Drawn, INK, Pen};

/// The counts that study lets mandel-serial write.
pub const COUNTS: &str = "mandel-counts.npy";
/// The records of that run, in the first line.
pub const RECORDS: &str = "mandel.csv";
/// The picture.
pub const PICTURE: &str = "mandel.png";

/// Pixels of the longer side: finer counts are averaged, coarser ones magnified.
const SIDE: usize = 960;
/// Sizes that suit a picture of that many pixels.
const PEN: Pen = Pen { scale: 1.5 };
/// The room around the picture, in pixels of the pen: left, top, right, below.
const MARGINS: [i32; 4] = [74, 44, 112, 54];

/// The picture of the counts in `folder` as a PNG file; `None` if there are no
/// counts, or where [`RECORDS`] does not say what they are of.
///
/// # Errors
///
/// [`Error::Failure`] if a file is there and cannot be read.
pub fn picture(folder: &Path) -> Result<Option<Vec<u8>>, Error> {
    let (counts, records) = (folder.join(COUNTS), folder.join(RECORDS));
    if !counts.exists() || !records.exists() {
        return Ok(None);
    }
    let array = read_counts(&counts)?;
    let size = array.dim();
    let pixels: Vec<u32> = array.into_iter().collect();
    let picture =
        data::read(&records)?.first().and_then(|row| Set::of(row, size, pixels));
    if picture.is_none() {
        program::say(&format!(
            "note: the first line of {} is not the run of {}: {PICTURE} is not drawn",
            records.display(),
            counts.display()
        ));
    }
    Ok(picture.map(|set| set.png()))
}

/// The counts of a view with a name.
struct Set {
    name: &'static str,
    view: View,
    counts: Vec<u32>,
    scale: Scale,
}

impl Set {
    /// `None` unless `row` is the record of the run that counted these.
    fn of(row: &Row, (height, width): (usize, usize), counts: Vec<u32>) -> Option<Self> {
        let sight = Sight::named(row.text("view"))?;
        let view = sight.view(width, height, row.text("max_iter").parse().ok()?);
        let sum: u64 = counts.iter().copied().map(u64::from).sum();
        let scale = Scale::of(&counts, view.max_iter);
        let is_it = sum == row.text("iterations").parse::<u64>().ok()?;
        is_it.then_some(Self { name: sight.name, view, counts, scale })
    }

    fn png(&self) -> Vec<u8> {
        let image = self.image();
        let [left, top, right, below] = MARGINS.map(|room| PEN.px(room) as u32);
        // A title has its room over the narrowest picture, too.
        let width = (left + image.width as u32 + right).max(PEN.width(640));
        let height = top + image.pixels.len() as u32 / image.width as u32 + below;
        let mut pixels = vec![0; (width * height * 3) as usize];
        let area =
            BitMapBackend::with_buffer(&mut pixels, (width, height)).into_drawing_area();
        self.draw(&area, &image).expect("memory can be written");
        drop(area);
        let mut file = Vec::new();
        write_png(&mut file, [width, height], &pixels).expect("memory can be written");
        file
    }

    /// The colours of the counts, near [`SIDE`] pixels long: each is the mean of
    /// so many by so many pixels, or as many by as many of one colour.
    fn image(&self) -> Image {
        let View { width, height, .. } = self.view;
        let longest = width.max(height);
        let (shrink, zoom) = (longest.div_ceil(SIDE), (SIDE / longest).max(1));
        let mean = |x: usize, y: usize| -> Colour {
            let rows = y * shrink..(y * shrink + shrink).min(height);
            let columns = x * shrink..(x * shrink + shrink).min(width);
            let number = (rows.len() * columns.len()) as u32;
            let mut sums = [0_u32; 3];
            for row in rows {
                for &count in &self.counts[row * width..][columns.clone()] {
                    let colour = self.scale.colour(count);
                    (0..3).for_each(|part| sums[part] += u32::from(colour[part]));
                }
            }
            sums.map(|sum| (sum / number) as u8)
        };
        let (columns, rows) =
            (width.div_ceil(shrink) * zoom, height.div_ceil(shrink) * zoom);
        let pixel = |place: usize| mean(place % columns / zoom, place / columns / zoom);
        Image { width: columns, pixels: (0..columns * rows).map(pixel).collect() }
    }

    fn draw<DB: DrawingBackend>(
        &self,
        area: &DrawingArea<DB, Shift>,
        image: &Image,
    ) -> Drawn<DB> {
        let View { re_min, re_max, im_min, im_max, width, height, max_iter, .. } =
            self.view;
        let [left, top, _, below] = MARGINS.map(|room| PEN.width(room as u32));
        let (wide, high) = (image.width, image.pixels.len() / image.width);
        area.fill(&WHITE)?;
        let title = format!(
            "Mandelbrot set: view {}, {width} x {height} pixels, at most {max_iter} iterations",
            self.name
        );
        area.draw(&Text::new(title, (PEN.px(16), PEN.px(14)), PEN.sized(16)))?;

        let (chart, legend) = area.split_horizontally(left + wide as u32);
        let mut chart = ChartBuilder::on(&chart)
            .margin_top(top)
            .margin_left(PEN.width(8))
            .margin_bottom(PEN.width(8))
            .x_label_area_size(below - PEN.width(8))
            .y_label_area_size(left - PEN.width(8))
            .build_cartesian_2d(re_min..re_max, im_min..im_max)?;
        let plane = chart.plotting_area().strip_coord_spec();
        for (place, &[red, green, blue]) in image.pixels.iter().enumerate() {
            let at = ((place % wide) as i32, (place / wide) as i32);
            plane.draw_pixel(at, &RGBColor(red, green, blue))?;
        }
        let room = |pixels: usize| (pixels / PEN.width(90) as usize).clamp(2, 9);
        chart
            .configure_mesh()
            .disable_mesh()
            .axis_style(INK)
            .x_labels(room(wide))
            .y_labels(room(high))
            .x_desc("real part")
            .y_desc("imaginary part")
            .label_style(PEN.text())
            .axis_desc_style(PEN.text())
            .draw()?;
        self.draw_scale(
            &legend.margin(0, 0, PEN.px(22), 0),
            PEN.px(MARGINS[1]),
            high as i32,
        )
    }

    /// A bar of the colours, under a box in the colour of the set: beside the
    /// picture, which begins at `start` and is `high`.
    fn draw_scale<DB: DrawingBackend>(
        &self,
        area: &DrawingArea<DB, Shift>,
        start: i32,
        high: i32,
    ) -> Drawn<DB> {
        let wide = PEN.px(18);
        let label = |text: String, y: i32| {
            let style = PEN.text().pos(Pos::new(HPos::Left, VPos::Center));
            area.draw(&Text::new(text, (wide + PEN.px(8), y), style))
        };
        let filled = |top: i32, bottom: i32, [red, green, blue]: Colour| {
            let style = RGBColor(red, green, blue).filled();
            area.draw(&Rectangle::new([(0, top), (wide, bottom)], style))
        };
        area.draw(&Text::new("iterations", (0, start - PEN.px(20)), PEN.text()))?;
        filled(start, start + wide, INSIDE)?;
        label(self.view.max_iter.to_string(), start + wide / 2)?;
        if self.scale.least == self.view.max_iter {
            return Ok(());
        }
        let (top, bottom) = (start + wide + PEN.px(10), start + high);
        let length = f64::from((bottom - top).max(1));
        for y in top..bottom {
            filled(y, y + 1, gradient((f64::from(bottom - y) - 0.5) / length))?;
        }
        for (count, place) in ticks(&self.scale, f64::from(PEN.px(20)) / length) {
            let y = bottom - (place * length) as i32;
            area.draw(&PathElement::new([(wide, y), (wide + PEN.px(4), y)], INK))?;
            label(count.to_string(), y)?;
        }
        Ok(())
    }
}

/// Pixels, row after row.
struct Image {
    width: usize,
    pixels: Vec<Colour>,
}

/// The least count and round ones, each with its place on the scale, as many as
/// have `room` between them and from the ends.
fn ticks(scale: &Scale, room: f64) -> Vec<(u32, f64)> {
    let powers = (0..10).map(|power| 10_u32.pow(power));
    let round = powers.flat_map(|power| [1, 2, 5].map(|n| power.saturating_mul(n)));
    let counts = [scale.least].into_iter().chain(round.filter(|n| *n > scale.least));
    let mut ticks: Vec<(u32, f64)> = Vec::new();
    for count in counts.take_while(|&count| count <= scale.most) {
        let place = scale.place(f64::from(count));
        if ticks.last().is_none_or(|last| place - last.1 > room) {
            ticks.push((count, place));
        }
    }
    ticks
}

#[cfg(test)]
mod tests {
    use kernels::mandel::count_rows;

    use super::*;
    use crate::data::rows;
    use crate::pen::register_font;

    fn set(name: &str, width: usize, height: usize, max_iter: u32) -> Set {
        let view = Sight::named(name).unwrap().view(width, height, max_iter);
        let mut counts = vec![0; width * height];
        let sum = count_rows(&view, 0..height, &mut counts);
        let text = format!("view,iterations,max_iter\n{name},{sum},{max_iter}\n");
        Set::of(&rows(&text)[0], (height, width), counts).unwrap()
    }

    #[test]
    fn other_counts_than_those_of_the_record_are_not_drawn() {
        let Set { mut counts, .. } = set("upper", 9, 7, 50);
        let sum: u32 = counts.iter().sum();
        let row = |view: &str| {
            rows(&format!("view,iterations,max_iter\n{view},{sum},50\n")).remove(0)
        };
        assert!(Set::of(&row("upper"), (7, 9), counts.clone()).is_some());
        assert!(Set::of(&row("mine"), (7, 9), counts.clone()).is_none());
        counts[3] += 1;
        assert!(Set::of(&row("upper"), (7, 9), counts).is_none());
    }

    #[test]
    fn coarse_counts_are_magnified_and_fine_ones_averaged() {
        let coarse = set("whole", 6, 4, 50);
        let image = coarse.image();
        assert_eq!((image.width, image.pixels.len()), (960, 960 * 640));
        assert_eq!(image.pixels[960 * 159 + 159], coarse.scale.colour(coarse.counts[0]));
        assert_eq!(image.pixels[960 * 160 + 160], coarse.scale.colour(coarse.counts[7]));
        let fine = set("whole", 961, 3, 50);
        let image = fine.image();
        assert_eq!((image.width, image.pixels.len()), (481, 481 * 2));
        let colour = |place: usize| fine.scale.colour(fine.counts[place]);
        let corner = [0, 1, 961, 962].map(colour);
        let mean =
            |part| (corner.iter().map(|c| u32::from(c[part])).sum::<u32>() / 4) as u8;
        assert_eq!(image.pixels[0], [mean(0), mean(1), mean(2)]);
        assert_eq!(image.pixels[481 * 2 - 1], colour(961 * 3 - 1));
    }

    #[test]
    fn any_size_of_a_picture_can_be_drawn() {
        register_font();
        for (width, height, max_iter) in
            [(1, 1, 1), (1, 2000, 9), (2000, 1, 9), (48, 40, 99)]
        {
            let file = set("whole", width, height, max_iter).png();
            assert_eq!(&file[1..4], b"PNG", "{width} x {height}");
        }
    }

    #[test]
    fn ticks_of_the_colours_are_round_and_apart() {
        let scale = Scale { least: 3, most: 999, max_iter: 1000 };
        let ticks = ticks(&scale, 0.04);
        let counts: Vec<u32> = ticks.iter().map(|tick| tick.0).collect();
        assert_eq!(counts, [3, 5, 10, 20, 50, 100, 200, 500]);
        assert_eq!(ticks[0].1, 0.0);
    }
}

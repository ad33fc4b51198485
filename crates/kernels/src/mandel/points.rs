//! The points that have not escaped yet, in columns.

/// Points c and the z that each has come to, all after the same number of steps.
#[derive(Default)]
pub(super) struct Points {
    pub re: Vec<f64>,
    pub im: Vec<f64>,
    pub c_re: Vec<f64>,
    pub c_im: Vec<f64>,
    /// Where in the output their counts belong.
    pub place: Vec<usize>,
}

impl Points {
    pub fn with_capacity(points: usize) -> Self {
        let column = || Vec::with_capacity(points);
        let (re, im, c_re, c_im) = (column(), column(), column(), column());
        Self { re, im, c_re, c_im, place: Vec::with_capacity(points) }
    }

    pub fn len(&self) -> usize {
        self.place.len()
    }

    pub fn push(&mut self, z: [f64; 2], c: [f64; 2], place: usize) {
        self.re.push(z[0]);
        self.im.push(z[1]);
        self.c_re.push(c[0]);
        self.c_im.push(c[1]);
        self.place.push(place);
    }

    /// The points of a row whose counts belong from `place` on.
    pub fn extend(
        &mut self,
        [re, im]: [&[f64]; 2],
        c_re: &[f64],
        c_im: f64,
        place: usize,
    ) {
        self.re.extend_from_slice(re);
        self.im.extend_from_slice(im);
        self.c_re.extend_from_slice(c_re);
        self.c_im.resize(self.c_re.len(), c_im);
        self.place.extend(place..place + c_re.len());
    }

    /// Removes point `i`; the last one takes its number.
    pub fn swap_remove(&mut self, i: usize) {
        self.re.swap_remove(i);
        self.im.swap_remove(i);
        self.c_re.swap_remove(i);
        self.c_im.swap_remove(i);
        self.place.swap_remove(i);
    }

    /// Lengthens the columns of numbers by `points`, so the last points fill a
    /// whole flight. The added points stay at 0.
    pub fn pad(&mut self, points: usize) {
        let length = self.len() + points;
        for column in self.columns() {
            column.resize(length, 0.0);
        }
    }

    /// Removes what [`Points::pad`] has added.
    pub fn unpad(&mut self) {
        let length = self.len();
        for column in self.columns() {
            column.truncate(length);
        }
    }

    pub fn clear(&mut self) {
        self.place.clear();
        self.unpad();
    }

    fn columns(&mut self) -> [&mut Vec<f64>; 4] {
        [&mut self.re, &mut self.im, &mut self.c_re, &mut self.c_im]
    }
}

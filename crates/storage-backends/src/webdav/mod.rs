mod base;
mod href;
mod markup;
mod multistatus;
mod path;
mod propfind;

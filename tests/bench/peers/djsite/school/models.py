"""The product's tables as Django sees them; it never changes them."""

from django.db import models

STATES = [("draft", "草稿"), ("sent", "送出認證"), ("certified", "認證通過"), ("returned", "退回")]
KEEP = models.DO_NOTHING


class SchoolClass(models.Model):
    name = models.CharField(max_length=20)
    grade = models.IntegerField()

    class Meta:
        managed = False
        db_table = "school_class"

    def __str__(self):
        return self.name


class Staff(models.Model):
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=40)

    class Meta:
        managed = False
        db_table = "staff"

    def __str__(self):
        return self.name


class Course(models.Model):
    code = models.CharField(max_length=23)
    name = models.CharField(max_length=80)

    class Meta:
        managed = False
        db_table = "course"

    def __str__(self):
        return self.name


class Student(models.Model):
    student_no = models.CharField(max_length=12)
    name = models.CharField(max_length=60)
    born_on = models.DateField()
    seat_no = models.IntegerField(null=True)
    school_class = models.ForeignKey(SchoolClass, KEEP, null=True)

    class Meta:
        managed = False
        db_table = "student"

    def __str__(self):
        return self.name


class Teaching(models.Model):
    semester_id = models.IntegerField()
    school_class = models.ForeignKey(SchoolClass, KEEP)
    course = models.ForeignKey(Course, KEEP)
    staff = models.ForeignKey(Staff, KEEP)

    class Meta:
        managed = False
        db_table = "teaching"

    def __str__(self):
        return f"{self.school_class.name} {self.course.name}"


class Outcome(models.Model):
    version = models.IntegerField(default=1, editable=False)
    semester_id = models.IntegerField(editable=False)
    division = models.CharField(max_length=40, default="day", editable=False)
    student = models.ForeignKey(Student, KEEP)
    teaching = models.ForeignKey(Teaching, KEEP)
    name = models.CharField(max_length=80)
    brief = models.CharField(max_length=400)
    practical = models.BooleanField()
    state = models.CharField(max_length=40, choices=STATES)
    sent_at = models.DateTimeField(null=True)
    certified_at = models.DateTimeField(null=True)
    certified_by = models.ForeignKey(Staff, KEEP, null=True)
    certification_note = models.CharField(max_length=200, default="")

    class Meta:
        managed = False
        db_table = "learning_outcome"

    def __str__(self):
        return self.name


class Newest(Outcome):
    class Meta:
        proxy = True


class Mine(Outcome):
    class Meta:
        proxy = True

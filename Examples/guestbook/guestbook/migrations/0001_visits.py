from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel(
            "Visit",
            [
                ("id", models.BigAutoField(primary_key=True, serialize=False, auto_created=True, verbose_name="ID")),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("browser", models.CharField(max_length=200)),
            ],
            {"ordering": ["-at"]},
        )
    ]
